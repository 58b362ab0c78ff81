package dev.monban.core.watch;

/**
 * An attempt as the watch sees it: hashes instead of texts, and what its account, its source and
 * its browser were known for when it came.
 *
 * @param now in the fold's seconds, from 2020 on
 * @param person the account; where there is none the identifier stands for it
 * @param tenant of the account; the identifier's domain where there is none
 * @param family the browser without its versions
 * @param tag the submitted password; 0 where it is not known
 * @param accountKnown whether the identifier leads to an account
 * @param successes of the account, up to 255
 * @param tenantSuccesses of all accounts of its tenant, up to 255
 * @param deviceGood whether somebody has signed in with the device before, and it was not used to
 *     try many accounts since
 * @param deviceOfHouse whether, besides, somebody of the same tenant has signed in with it
 * @param deviceExpected whether the account was given a device cookie in this browser, and nobody
 *     has presented this one yet
 * @param colleagues whether somebody of the same tenant has signed in from around there
 * @param shared whether the source is a proxy that nobody has declared: it is no source of attacks
 *     and makes nobody familiar
 * @param kind number of the kind of attempt, below {@link #KINDS}
 */
record Sight(
        int now,
        long person,
        long identifier,
        long tenant,
        long source,
        long neighbourhood,
        long country,
        long network,
        long agent,
        long family,
        long device,
        long tag,
        boolean accountKnown,
        int successes,
        int tenantSuccesses,
        boolean deviceKnown,
        boolean deviceGood,
        boolean deviceOfHouse,
        boolean deviceExpected,
        boolean addressKnown,
        boolean countryKnown,
        boolean networkKnown,
        boolean agentKnown,
        boolean colleagues,
        boolean shared,
        int kind) {

    /** Kinds of attempts: six yes-or-no questions for each of two groups of steps. */
    static final int KINDS = 128;

    static final int RESETS = 64;

    static final int ACCOUNT_KNOWN = 32;

    /** Neither the device nor the address has ever signed in to this account. */
    boolean isNovel() {
        return !deviceKnown && !addressKnown;
    }

    /** The same, where more is known than memory holds. */
    Sight knowing(Remembered other) {
        boolean more =
                (other.account() && successes == 0)
                        || (other.device() && !deviceKnown)
                        || (other.address() && !addressKnown);
        if (!more) {
            return this;
        }
        return new Sight(
                now,
                person,
                identifier,
                tenant,
                source,
                neighbourhood,
                country,
                network,
                agent,
                family,
                device,
                tag,
                accountKnown,
                other.account() ? Math.max(1, successes) : successes,
                tenantSuccesses,
                deviceKnown || other.device(),
                deviceGood,
                deviceOfHouse,
                deviceExpected,
                addressKnown || (other.address() && !shared),
                countryKnown,
                networkKnown,
                agentKnown,
                colleagues,
                shared,
                kind);
    }

    /** The key under which guesses from a place are counted that the account knows. */
    long within() {
        return within(person, neighbourhood);
    }

    static long within(long person, long neighbourhood) {
        return Hash.pair(2, person, neighbourhood);
    }

    /** Whether it says something about strangers: nobody is known to be behind it. */
    boolean isStranger() {
        return isNovel() && !deviceGood;
    }

    static int kind(
            boolean reset,
            boolean accountKnown,
            boolean first,
            boolean countryKnown,
            boolean networkKnown,
            boolean agentKnown,
            boolean sourceGood) {
        return (reset ? RESETS : 0)
                | (accountKnown ? ACCOUNT_KNOWN : 0)
                | (first ? 16 : 0)
                | (countryKnown ? 8 : 0)
                | (networkKnown ? 4 : 0)
                | (agentKnown ? 2 : 0)
                | (sourceGood ? 1 : 0);
    }

    /** Whether kinds of attempts are counted for a step. */
    static boolean isCounted(Step step) {
        return step == Step.PASSWORD || step == Step.RESET_REQUEST;
    }
}
