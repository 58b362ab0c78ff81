package dev.monban.server.platform.outgoing;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.monban.server.platform.Scarce;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.jspecify.annotations.Nullable;

/**
 * The one place from which the gate calls other hosts over HTTP.
 *
 * <ul>
 *   <li>A name is resolved once, all its addresses are checked ({@link Destinations}), and the
 *       connection goes to one that was checked: a name that changes in between changes nothing.
 *   <li>No redirect is followed, no proxy of the environment used, no cookie kept, no answer
 *       unpacked.
 *   <li>Each call has a time for the next byte and for the whole, and a size ({@link Limits}).
 *   <li>For each owner at each host some calls run at once, and no others are held up by them;
 *       after failures in a row a breaker opens.
 *   <li>None is made on a thread that holds what others wait for ({@link Scarce}).
 * </ul>
 */
public final class OutgoingCalls implements AutoCloseable {

    /** For one purpose; 400 bodies of 128 KiB are 50 MB. */
    static final int MAX_AT_ONCE = 400;

    /** So long a call waits for a place among those of its owner. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(2);

    /** Names that are looked up at once; each look-up holds a thread for as long as DNS takes. */
    private static final int MAX_LOOKUPS = 128;

    /** Owners and hosts whose failures are remembered. */
    private static final int MAX_LINES = 10_000;

    private static final Duration LINE_KEPT = Duration.ofMinutes(10);

    private final Destinations destinations;
    private final Names names;
    private final LongSupplier nanos;
    private final Exchanges exchanges;
    private final Map<Purpose, Semaphore> places = new EnumMap<>(Purpose.class);
    private final Map<Purpose, Map<Result, LongAdder>> counts = new EnumMap<>(Purpose.class);
    private final Map<String, CompletableFuture<List<InetAddress>>> lookups =
            new ConcurrentHashMap<>();
    private final Semaphore lookupPlaces = new Semaphore(MAX_LOOKUPS);
    private final Cache<String, Line> lines =
            Caffeine.newBuilder().maximumSize(MAX_LINES).expireAfterAccess(LINE_KEPT).build();

    /** Looks names up. */
    @FunctionalInterface
    interface Names {
        InetAddress[] addresses(String name) throws UnknownHostException;
    }

    /** The calls of one owner at one host. */
    private static final class Line {

        final Semaphore places;
        final Breaker breaker = new Breaker();

        Line(int maxAtOnce) {
            places = new Semaphore(maxAtOnce);
        }
    }

    /**
     * @param destinations where calls may go
     */
    public OutgoingCalls(Destinations destinations) {
        this(destinations, InetAddress::getAllByName, System::nanoTime, null);
    }

    /**
     * For tests.
     *
     * @param nanos the clock of the breaker
     * @param tls whose certificates are trusted; {@code null} for those of the Java platform
     */
    OutgoingCalls(
            Destinations destinations, Names names, LongSupplier nanos, @Nullable SSLContext tls) {
        this.destinations = destinations;
        this.names = names;
        this.nanos = nanos;
        this.exchanges = new Exchanges(MAX_AT_ONCE * Purpose.values().length, tls);
        for (Purpose purpose : Purpose.values()) {
            places.put(purpose, new Semaphore(MAX_AT_ONCE));
            Map<Result, LongAdder> ofPurpose = new EnumMap<>(Result.class);
            for (Result result : Result.values()) {
                ofPurpose.put(result, new LongAdder());
            }
            counts.put(purpose, ofPurpose);
        }
    }

    /** Calls for one purpose. */
    public Caller caller(Purpose purpose, Limits limits) {
        return new Caller(this, purpose, limits);
    }

    /** How many calls ended so since the start. */
    public long count(Purpose purpose, Result result) {
        return counter(purpose, result).sum();
    }

    /** How many calls are under way now. */
    public int atOnce(Purpose purpose) {
        return MAX_AT_ONCE - places(purpose).availablePermits();
    }

    private LongAdder counter(Purpose purpose, Result result) {
        Map<Result, LongAdder> ofPurpose = Objects.requireNonNull(counts.get(purpose));
        return Objects.requireNonNull(ofPurpose.get(result));
    }

    private Semaphore places(Purpose purpose) {
        return Objects.requireNonNull(places.get(purpose));
    }

    /** Ends what is under way. */
    @Override
    public void close() {
        exchanges.close();
    }

    /** Calls for one purpose, within the same limits. */
    public static final class Caller {

        private final OutgoingCalls calls;
        private final Purpose purpose;
        private final Limits limits;

        private Caller(OutgoingCalls calls, Purpose purpose, Limits limits) {
            this.calls = calls;
            this.purpose = purpose;
            this.limits = limits;
        }

        /**
         * Fetches.
         *
         * @param owner for whom it is, such as an organisation or a client: its slow hosts hold up
         *     nobody else
         * @throws CallFailed where no answer came; an answer of any status is one
         * @throws IllegalStateException where this thread holds what others wait for
         */
        public Answer get(String owner, URI target) throws CallFailed {
            return send(owner, OutgoingRequest.get(target));
        }

        /** The same for any request. */
        public Answer send(String owner, OutgoingRequest request) throws CallFailed {
            return calls.send(purpose, limits, owner, request);
        }
    }

    private Answer send(Purpose purpose, Limits limits, String owner, OutgoingRequest request)
            throws CallFailed {
        Scarce.requireNothingHeld("a call for " + purpose.code());
        Result result = Result.FAILED;
        try {
            Destinations.Target target = Destinations.target(request.target());
            Answer answer = inLine(purpose, limits, owner, target, request);
            result = Result.OK;
            return answer;
        } catch (CallFailed e) {
            result = e.result();
            throw e;
        } finally {
            counter(purpose, result).increment();
        }
    }

    private Answer inLine(
            Purpose purpose,
            Limits limits,
            String owner,
            Destinations.Target target,
            OutgoingRequest request)
            throws CallFailed {
        Line line =
                lines.get(
                        purpose + " " + owner + " " + target.key(),
                        key -> new Line(limits.maxAtOnce()));
        takePlace(line.places, MAX_WAIT);
        try {
            takePlace(places(purpose), Duration.ZERO);
            try {
                if (!line.breaker.enter(nanos.getAsLong())) {
                    throw new CallFailed(
                            Result.BREAKER_OPEN,
                            target.key() + " has brought no answer again and again");
                }
                return watched(line.breaker, limits, target, request);
            } finally {
                places(purpose).release();
            }
        } finally {
            line.places.release();
        }
    }

    private static void takePlace(Semaphore places, Duration patience) throws CallFailed {
        try {
            if (!places.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new CallFailed(Result.BUSY, "too many calls wait for an answer");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallFailed(Result.BUSY, "interrupted", e);
        }
    }

    private Answer watched(
            Breaker breaker, Limits limits, Destinations.Target target, OutgoingRequest request)
            throws CallFailed {
        try {
            Answer answer = bounded(limits, target, request);
            breaker.succeeded();
            return answer;
        } catch (CallFailed e) {
            switch (e.result()) {
                case UNREACHABLE, TIMEOUT, TOO_LARGE, FAILED -> breaker.failed(nanos.getAsLong());
                case OK, REFUSED, BUSY, BREAKER_OPEN -> breaker.left();
            }
            throw e;
        } catch (RuntimeException | Error e) {
            breaker.left();
            throw e;
        }
    }

    /**
     * The exchange has a thread of its own, so that the time of the whole holds whatever it waits
     * for: DNS, TLS, or a close that does not return.
     */
    private Answer bounded(Limits limits, Destinations.Target target, OutgoingRequest request)
            throws CallFailed {
        Exchanges.Exchange exchange = exchanges.prepare(target, request, limits);
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Thread thread =
                Thread.ofVirtual()
                        .name("outgoing")
                        .start(() -> {
                            try {
                                List<InetAddress> addresses = resolve(target.host());
                                destinations.check(target, addresses);
                                answer.complete(exchange.run(addresses));
                            } catch (CallFailed | RuntimeException | Error e) {
                                answer.completeExceptionally(e);
                            }
                        });
        try {
            return answer.get(limits.whole().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            exchange.cancel();
            thread.interrupt();
            throw new CallFailed(
                    Result.TIMEOUT,
                    "it does not answer in time, " + limits.whole().toMillis() + " ms");
        } catch (InterruptedException e) {
            exchange.cancel();
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw new CallFailed(Result.BUSY, "interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CallFailed failed) {
                throw failed;
            }
            throw new CallFailed(Result.FAILED, String.valueOf(e.getCause()), e.getCause());
        }
    }

    /**
     * Looks a name up on a thread of the platform: DNS holds the thread that asks. All who ask for
     * the same name at once wait for the same answer.
     */
    private List<InetAddress> resolve(String host) throws CallFailed {
        CompletableFuture<List<InetAddress>> mine = new CompletableFuture<>();
        CompletableFuture<List<InetAddress>> first = lookups.putIfAbsent(host, mine);
        if (first == null) {
            if (lookupPlaces.tryAcquire()) {
                Thread lookup =
                        Thread.ofPlatform()
                                .daemon()
                                .name("outgoing-dns")
                                .unstarted(() -> lookUp(host, mine));
                lookup.start();
            } else {
                lookups.remove(host, mine);
                mine.completeExceptionally(
                        new CallFailed(Result.BUSY, "too many names are being looked up"));
            }
        }
        try {
            return (first == null ? mine : first).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallFailed(Result.TIMEOUT, "its name is not resolved in time", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CallFailed failed) {
                throw failed;
            }
            if (e.getCause() instanceof UnknownHostException) {
                throw new CallFailed(Result.UNREACHABLE, "there is no host " + host, e.getCause());
            }
            throw new CallFailed(Result.FAILED, "its name cannot be resolved", e.getCause());
        }
    }

    private void lookUp(String host, CompletableFuture<List<InetAddress>> found) {
        try {
            found.complete(List.of(names.addresses(host)));
        } catch (UnknownHostException | RuntimeException e) {
            found.completeExceptionally(e);
        } finally {
            lookups.remove(host, found);
            lookupPlaces.release();
        }
    }

    /** What an exception of the library means. */
    static CallFailed failed(IOException e) {
        return switch (e) {
            case ConnectTimeoutException t ->
                    new CallFailed(Result.TIMEOUT, "it takes no connection in time", t);
            case InterruptedIOException t ->
                    new CallFailed(Result.TIMEOUT, "it does not answer in time", t);
            case MessageConstraintException t ->
                    new CallFailed(Result.TOO_LARGE, "the head of its answer is too large", t);
            case ConnectException t ->
                    new CallFailed(Result.UNREACHABLE, "it takes no connection", t);
            case SSLException t ->
                    new CallFailed(Result.UNREACHABLE, "TLS fails: " + t.getMessage(), t);
            default -> new CallFailed(Result.FAILED, "the exchange broke off: " + e, e);
        };
    }
}
