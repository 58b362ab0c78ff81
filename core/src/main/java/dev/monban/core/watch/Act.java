package dev.monban.core.watch;

import java.time.Instant;
import java.util.List;

/** What an administrator decided. The watch learns it in its place among the attempts. */
public sealed interface Act {

    /** When it was decided. */
    Instant at();

    /**
     * These sources do not pass, except with a device that the account knows.
     *
     * @param addresses IP addresses; of IPv6 the /64 counts
     * @param until from then on they are judged as before
     */
    record Block(Instant at, List<String> addresses, Instant until) implements Act {
        public Block {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * A campaign is over; nothing is held for a part of it any more.
     *
     * @param campaign as the fold numbers it
     */
    record End(Instant at, long campaign) implements Act {}

    /**
     * The owners have shown who they are: what was guessed at these accounts from these places is
     * forgotten, and wrong codes from wherever they came. The passwords that strangers have guessed
     * are not.
     *
     * @param accounts their ids
     * @param addresses the places of their owners
     */
    record Forgive(Instant at, List<String> accounts, List<String> addresses) implements Act {
        public Forgive {
            accounts = List.copyOf(accounts);
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * A campaign was none, but a test or a program of our own: it is over, what it did to the
     * accounts is forgotten, and for a time nothing from these sources is evidence for another. The
     * guesses at each account count all the same.
     *
     * @param addresses IP addresses; of IPv6 the /64 counts
     * @param accounts ids of the accounts that it touched
     * @param until from then on the sources are as any others
     */
    record Harmless(
            Instant at, long campaign, List<String> addresses, List<String> accounts, Instant until)
            implements Act {
        public Harmless {
            addresses = List.copyOf(addresses);
            accounts = List.copyOf(accounts);
        }
    }
}
