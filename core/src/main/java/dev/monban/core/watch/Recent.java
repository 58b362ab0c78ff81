package dev.monban.core.watch;

import dev.monban.core.code.Codes;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The last attempts that came from places their accounts do not know: evidence for findings. */
final class Recent {

    /** An attempt that may be evidence. */
    static final class Entry {
        final String id;
        final int at;
        final Step step;
        final long person;
        final long identifier;
        final long tenant;
        final long source;
        final long agent;
        final long tag;
        final int kind;
        final @Nullable String account;
        final @Nullable String tenantName;
        long campaign;

        /** Whether it stands for its source among the kinds. */
        boolean counted;

        Entry(
                String id,
                int at,
                Step step,
                long person,
                long identifier,
                long tenant,
                long source,
                long agent,
                long tag,
                int kind,
                @Nullable String account,
                @Nullable String tenantName,
                long campaign) {
            this.id = id;
            this.at = at;
            this.step = step;
            this.person = person;
            this.identifier = identifier;
            this.tenant = tenant;
            this.source = source;
            this.agent = agent;
            this.tag = tag;
            this.kind = kind;
            this.account = account;
            this.tenantName = tenantName;
            this.campaign = campaign;
        }

        boolean accountKnown() {
            return account != null;
        }
    }

    private final @Nullable Entry[] ring;
    private int next;

    Recent(int size) {
        this.ring = new @Nullable Entry[size];
    }

    void add(Approach a, Sight s, long campaign) {
        ring[next] =
                new Entry(
                        a.id(),
                        s.now(),
                        a.step(),
                        s.person(),
                        s.identifier(),
                        s.tenant(),
                        s.source(),
                        s.agent(),
                        s.tag(),
                        s.kind(),
                        a.account(),
                        a.tenant(),
                        campaign);
        next = (next + 1) % ring.length;
    }

    /** The last one stands for its source among the kinds. */
    void markCounted() {
        Entry last = ring[(next + ring.length - 1) % ring.length];
        if (last != null) {
            last.counted = true;
        }
    }

    /** What fits, the oldest first, not older than {@code since}. */
    List<Entry> find(int since, Predicate<Entry> fits) {
        List<Entry> found = new ArrayList<>();
        for (int i = 0; i < ring.length; i++) {
            Entry entry = ring[(next + i) % ring.length];
            if (entry != null && entry.at >= since && fits.test(entry)) {
                found.add(entry);
            }
        }
        return found;
    }

    void write(DataOutput out) throws IOException {
        out.writeInt(next);
        for (Entry e : ring) {
            out.writeBoolean(e != null);
            if (e != null) {
                out.writeUTF(e.id);
                out.writeInt(e.at);
                out.writeUTF(e.step.name());
                out.writeLong(e.person);
                out.writeLong(e.identifier);
                out.writeLong(e.tenant);
                out.writeLong(e.source);
                out.writeLong(e.agent);
                out.writeLong(e.tag);
                out.writeByte(e.kind);
                text(out, e.account);
                text(out, e.tenantName);
                out.writeLong(e.campaign);
                out.writeBoolean(e.counted);
            }
        }
    }

    void read(DataInput in) throws IOException {
        next = in.readInt();
        for (int i = 0; i < ring.length; i++) {
            ring[i] = in.readBoolean() ? entry(in) : null;
        }
    }

    private static Entry entry(DataInput in) throws IOException {
        Entry entry =
                new Entry(
                        in.readUTF(),
                        in.readInt(),
                        Codes.inSnapshot(Step.class, in.readUTF()),
                        in.readLong(),
                        in.readLong(),
                        in.readLong(),
                        in.readLong(),
                        in.readLong(),
                        in.readLong(),
                        in.readByte(),
                        text(in),
                        text(in),
                        in.readLong());
        entry.counted = in.readBoolean();
        return entry;
    }

    static void text(DataOutput out, @Nullable String text) throws IOException {
        out.writeBoolean(text != null);
        if (text != null) {
            out.writeUTF(text);
        }
    }

    static @Nullable String text(DataInput in) throws IOException {
        return in.readBoolean() ? in.readUTF() : null;
    }
}
