package dev.monban.core.watch;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Counters that fade with one half-life, each with the time it was last touched. */
final class Rates {

    private final int halfLife;
    private final float[] values;
    private final int[] touched;

    /**
     * @param halfLife in seconds
     */
    Rates(int size, int halfLife) {
        this.halfLife = halfLife;
        this.values = new float[size];
        this.touched = new int[size];
    }

    /** What is left of all that was added. */
    double get(int i, int now) {
        return Decay.left(values[i], touched[i], now, halfLife);
    }

    /** What a steady stream of one a second comes to. */
    double ofOneASecond() {
        return halfLife / 0.6931471805599453;
    }

    double add(int i, double amount, int now) {
        double value = get(i, now) + amount;
        values[i] = (float) value;
        touched[i] = now;
        return value;
    }

    void set(int i, double value, int now) {
        values[i] = (float) value;
        touched[i] = now;
    }

    void write(DataOutput out) throws IOException {
        for (int i = 0; i < values.length; i++) {
            out.writeInt(touched[i]);
            if (touched[i] != 0) {
                out.writeFloat(values[i]);
            }
        }
    }

    void read(DataInput in) throws IOException {
        for (int i = 0; i < values.length; i++) {
            touched[i] = in.readInt();
            values[i] = touched[i] == 0 ? 0 : in.readFloat();
        }
    }
}
