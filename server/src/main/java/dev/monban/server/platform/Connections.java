package dev.monban.server.platform;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The open connections of one listening address: what each is doing, how long it may do so, and
 * which one is closed when the next finds no place.
 *
 * <p>A connection that has sent no whole request goes first, the oldest before the others; then the
 * one that has been idle for the longest time since its last answer. One whose request is being
 * answered is never closed for another. There is no count per source, because an office or a proxy
 * is one source with many people.
 */
final class Connections {

    /** What the listener knows of a connection. */
    private enum State {
        /** Accepted, or the next request has begun: the TLS handshake, the headers, the body. */
        READING,
        /** A whole request has arrived and its answer is being made. */
        WORKING,
        /** The answer is being sent. */
        WRITING,
        /** All is answered; the client may send the next request. */
        IDLE,
        CLOSED
    }

    /**
     * How much there may be.
     *
     * @param places connections at once
     * @param readingBytes memory for requests that have not arrived as a whole, in bytes
     * @param baseBytes what a connection costs while it sends a request, besides what it has sent
     * @param reading how long a request may take to arrive, from the accept or its first byte on
     * @param writing how long the client may take to read an answer
     * @param idle how long a connection may be open without a request
     */
    record Bounds(
            int places,
            long readingBytes,
            int baseBytes,
            Duration reading,
            Duration writing,
            Duration idle) {}

    /** How many connections do what at the moment, and how many were closed to make room. */
    record Counts(int reading, int working, int writing, int idle, long evicted, long refused) {

        int open() {
            return reading + working + writing + idle;
        }
    }

    /** One connection's place. */
    static final class Place {
        private final Runnable close;
        private State state = State.READING;
        private long since;
        private long bytes;

        private Place(Runnable close) {
            this.close = close;
        }
    }

    private final Bounds bounds;
    private final LongSupplier nanos;
    private final SequencedSet<Place> reading = new LinkedHashSet<>();
    private final SequencedSet<Place> working = new LinkedHashSet<>();
    private final SequencedSet<Place> writing = new LinkedHashSet<>();
    private final SequencedSet<Place> idle = new LinkedHashSet<>();
    private long readingBytes;
    private long evicted;
    private long refused;
    private boolean draining;

    /**
     * @param nanos a clock that only runs forward, in nanoseconds
     */
    Connections(Bounds bounds, LongSupplier nanos) {
        this.bounds = bounds;
        this.nanos = nanos;
    }

    /**
     * Gives a new connection its place. Where there is none left, another connection is closed for
     * it.
     *
     * @param close closes the connection; called at most once, and never while a lock is held
     * @return empty where every place has a request in work: the new connection is to be closed
     */
    Optional<Place> opened(Runnable close) {
        Place place = new Place(close);
        List<Place> victims = new ArrayList<>(1);
        synchronized (this) {
            if (draining) {
                return Optional.empty();
            }
            if (open() >= bounds.places()) {
                Place victim = firstOf(reading, idle);
                if (victim == null) {
                    refused++;
                    return Optional.empty();
                }
                evicted++;
                leave(victim);
                victims.add(victim);
            }
            enter(place, State.READING);
            makeRoomForRequests(place, victims);
        }
        victims.forEach(victim -> victim.close.run());
        return Optional.of(place);
    }

    /** The client has sent something; after an answer, this is how the next request begins. */
    void received(Place place, int bytes) {
        List<Place> victims = new ArrayList<>(0);
        synchronized (this) {
            if (place.state == State.IDLE) {
                move(place, State.READING);
            }
            if (place.state != State.READING) {
                return;
            }
            place.bytes += bytes;
            readingBytes += bytes;
            makeRoomForRequests(place, victims);
        }
        victims.forEach(victim -> victim.close.run());
    }

    /** A whole request has arrived. */
    synchronized void arrived(Place place) {
        move(place, State.WORKING);
    }

    /** The answer begins to be sent. */
    synchronized void answering(Place place) {
        move(place, State.WRITING);
    }

    /** The answer is sent. */
    void answered(Place place) {
        boolean close;
        synchronized (this) {
            move(place, State.IDLE);
            close = draining;
            notifyAll();
        }
        if (close) {
            place.close.run();
        }
    }

    /** The connection is closed, by whichever side. */
    synchronized void closed(Place place) {
        leave(place);
        notifyAll();
    }

    /** Closes the connections whose time is over. To be called about every second. */
    void sweep() {
        List<Place> over = new ArrayList<>();
        synchronized (this) {
            overdue(reading, bounds.reading(), over);
            overdue(writing, bounds.writing(), over);
            overdue(idle, bounds.idle(), over);
            over.forEach(this::leave);
        }
        over.forEach(place -> place.close.run());
    }

    /**
     * Lets what is in work end, and nothing begin.
     *
     * @param longest how long to wait
     */
    void drain(Duration longest) throws InterruptedException {
        List<Place> now;
        synchronized (this) {
            draining = true;
            now = List.copyOf(idle);
        }
        now.forEach(place -> place.close.run());
        long until = nanos.getAsLong() + longest.toNanos();
        synchronized (this) {
            while (!working.isEmpty() || !writing.isEmpty()) {
                long left = Duration.ofNanos(until - nanos.getAsLong()).toMillis();
                if (left <= 0) {
                    return;
                }
                wait(left);
            }
        }
    }

    /** Whether the gate is being stopped: answers then say that the connection ends with them. */
    synchronized boolean draining() {
        return draining;
    }

    synchronized Counts counts() {
        return new Counts(
                reading.size(), working.size(), writing.size(), idle.size(), evicted, refused);
    }

    private int open() {
        return reading.size() + working.size() + writing.size() + idle.size();
    }

    /** Requests that have not arrived hold no more memory together than they may. */
    private void makeRoomForRequests(Place newest, List<Place> victims) {
        while (readingBytes > bounds.readingBytes()) {
            Place victim = reading.getFirst();
            evicted++;
            leave(victim);
            victims.add(victim);
            if (victim.equals(newest)) {
                return;
            }
        }
    }

    private static @Nullable Place firstOf(SequencedSet<Place> some, SequencedSet<Place> others) {
        if (!some.isEmpty()) {
            return some.getFirst();
        }
        return others.isEmpty() ? null : others.getFirst();
    }

    private void overdue(SequencedSet<Place> places, Duration longest, List<Place> over) {
        long before = nanos.getAsLong() - longest.toNanos();
        for (Place place : places) {
            if (place.since - before > 0) {
                return;
            }
            over.add(place);
        }
    }

    private void move(Place place, State state) {
        if (place.state != State.CLOSED) {
            leave(place);
            enter(place, state);
        }
    }

    private void enter(Place place, State state) {
        place.state = state;
        place.since = nanos.getAsLong();
        if (state == State.READING) {
            place.bytes = bounds.baseBytes();
            readingBytes += place.bytes;
        }
        set(state).add(place);
    }

    private void leave(Place place) {
        if (place.state == State.CLOSED) {
            return;
        }
        set(place.state).remove(place);
        if (place.state == State.READING) {
            readingBytes -= place.bytes;
        }
        place.state = State.CLOSED;
    }

    private SequencedSet<Place> set(State state) {
        return switch (state) {
            case READING -> reading;
            case WORKING -> working;
            case WRITING -> writing;
            case IDLE -> idle;
            case CLOSED -> throw new IllegalStateException("a closed connection has no place");
        };
    }
}
