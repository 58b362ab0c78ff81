package dev.monban.core.watch;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keys for which something holds until a time. Where there are too many, the oldest goes. */
final class Terms {

    private static final int MOST = 4_096;

    private final Map<Long, Integer> until = new LinkedHashMap<>();

    void set(long key, int end) {
        until.remove(key);
        until.put(key, end);
        if (until.size() > MOST) {
            until.remove(until.keySet().iterator().next());
        }
    }

    boolean holds(long key, int now) {
        Integer end = until.get(key);
        return end != null && now < end;
    }

    int count(int now) {
        return (int) until.values().stream().filter(end -> now < end).count();
    }

    void write(DataOutput out) throws IOException {
        out.writeInt(until.size());
        for (Map.Entry<Long, Integer> one : until.entrySet()) {
            out.writeLong(one.getKey());
            out.writeInt(one.getValue());
        }
    }

    void read(DataInput in) throws IOException {
        until.clear();
        int size = in.readInt();
        for (int i = 0; i < size; i++) {
            until.put(in.readLong(), in.readInt());
        }
    }
}
