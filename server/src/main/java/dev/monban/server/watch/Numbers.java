package dev.monban.server.watch;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Which campaign in the database a number of one fold stands for. */
final class Numbers {

    /** The fold remembers 64; a few more, for those that ended. */
    private static final int MAX_KNOWN = 256;

    private final Map<Long, UUID> known = new LinkedHashMap<>();

    /** The id of the campaign that the fold has given this number. */
    synchronized Optional<UUID> id(long number) {
        return Optional.ofNullable(known.get(number));
    }

    /** The fold's number of a campaign; 0 where it has none. */
    synchronized long number(UUID id) {
        long newest = 0;
        for (Map.Entry<Long, UUID> entry : known.entrySet()) {
            if (entry.getValue().equals(id)) {
                newest = entry.getKey();
            }
        }
        return newest;
    }

    synchronized void put(long number, UUID id) {
        known.put(number, id);
        if (known.size() > MAX_KNOWN) {
            known.remove(known.keySet().iterator().next());
        }
    }

    synchronized void write(DataOutput out) throws IOException {
        out.writeInt(known.size());
        for (Map.Entry<Long, UUID> entry : known.entrySet()) {
            out.writeLong(entry.getKey());
            out.writeLong(entry.getValue().getMostSignificantBits());
            out.writeLong(entry.getValue().getLeastSignificantBits());
        }
    }

    /**
     * Goes on from what was written.
     *
     * @throws IOException where there are more than are ever written
     */
    synchronized void read(DataInput in) throws IOException {
        known.clear();
        int size = in.readInt();
        if (size < 0 || size > MAX_KNOWN) {
            throw new IOException("a snapshot with " + size + " campaigns");
        }
        for (int i = 0; i < size; i++) {
            known.put(in.readLong(), new UUID(in.readLong(), in.readLong()));
        }
    }
}
