package dev.monban.server.command;

import dev.monban.core.watch.Sizes;
import dev.monban.server.platform.BadInput;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * How many accounts the watch remembers, and whether the heap holds them. Said before the database
 * is opened, because a gate that runs out of memory at nine in the morning is worse than one that
 * does not start.
 *
 * @param heapBytes the heap as it may grow
 */
record WatchMemory(long heapBytes) {

    private static final Logger LOG = Logger.getLogger(WatchMemory.class.getName());
    private static final long MEGABYTE = 1_000_000;

    /** What the rest of the gate takes under load, in bytes. */
    private static final long REST_OF_THE_GATE = 130 * MEGABYTE;

    /** The old generation is two thirds of the heap, and what the watch remembers lies there. */
    private static final double HEAP_FOR_A_BYTE = 1.5;

    /** The watch remembers so many well, however few there are. */
    static final int MIN_ACCOUNTS = 2_000;

    /** Of this process. */
    static WatchMemory ofThisProcess() {
        return new WatchMemory(Runtime.getRuntime().maxMemory());
    }

    /** The heap that so many accounts need, in bytes. */
    static long needed(int accounts) {
        return REST_OF_THE_GATE + (long) (Sizes.forAccounts(accounts).bytes() * HEAP_FOR_A_BYTE);
    }

    /**
     * So many were asked for.
     *
     * @throws BadInput where there is no such number, or the heap does not hold them
     */
    int asked(int accounts) {
        if (accounts < 1 || accounts > Sizes.MAX_ACCOUNTS) {
            throw new BadInput("--accounts: from 1 to " + Sizes.MAX_ACCOUNTS);
        }
        if (needed(accounts) > heapBytes) {
            throw new BadInput(
                    "--accounts "
                            + accounts
                            + ": the watch needs a heap of "
                            + megabytes(accounts)
                            + " for so many, and this one has "
                            + heapBytes / MEGABYTE
                            + "m; start with MONBAN_HEAP="
                            + megabytes(accounts)
                            + ", or give fewer accounts");
        }
        return accounts;
    }

    /** Half as many again as there are, so that it does not change with every few. */
    int counted(long accounts) {
        int wanted = Math.clamp(accounts / 2 * 3, MIN_ACCOUNTS, Sizes.MAX_ACCOUNTS);
        int held = wanted;
        while (needed(held) > heapBytes && held > MIN_ACCOUNTS) {
            held = Math.max(MIN_ACCOUNTS, held / 2);
        }
        if (held < wanted) {
            LOG.log(
                    Level.WARNING,
                    "the watch remembers {0} accounts well of {1}, because the heap holds no more;"
                            + " what it forgets it asks the database for; start with"
                            + " MONBAN_HEAP={2} to remember all",
                    new Object[] {
                        Integer.toString(held), Long.toString(accounts), megabytes(wanted)
                    });
        }
        return held;
    }

    /** As MONBAN_HEAP has it. The JVM keeps some of the heap for itself. */
    private static String megabytes(int accounts) {
        return (long) Math.ceil(needed(accounts) * 1.05 / (1 << 20)) + "m";
    }
}
