package dev.monban.core.watch;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What each account, source and browser is known for, learnt from successes alone: attackers have
 * next to none, and cannot buy familiarity with failures.
 */
final class History {

    private static final int ACCOUNT = 1;
    private static final int DEVICE = 2;
    private static final int ADDRESS = 3;
    private static final int NETWORK = 4;
    private static final int COUNTRY = 5;
    private static final int AGENT = 6;
    private static final int FAMILY = 7;
    private static final int GOOD_SOURCE = 8;
    private static final int ISSUED = 9;
    private static final int TENANT_DEVICE = 10;
    private static final int COLLEAGUES = 11;

    /** An account with fewer successes is looked at with those of its tenant. */
    private static final int SUCCESSES_ALONE = 3;

    /** So many login names tried in vain with one device, and it is no honest person's. */
    private static final double MOST_NAMES = 8;

    private static final int SECONDS_OF_DAY = 86_400;

    /** 2020-01-01T00:00:00Z; the fold counts seconds from here. */
    private static final long BEGINNING = 1_577_836_800L;

    private final Hash hash;
    private final Familiar devices;
    private final Familiar rest;
    private final Kinds kinds;
    private final Guesses guesses;

    History(Hash hash, Familiar devices, Familiar rest, Kinds kinds, Guesses guesses) {
        this.hash = hash;
        this.devices = devices;
        this.rest = rest;
        this.kinds = kinds;
        this.guesses = guesses;
    }

    /** A time in the fold's seconds. */
    static int seconds(Instant at) {
        return Math.clamp(at.getEpochSecond() - BEGINNING, 1, Integer.MAX_VALUE);
    }

    /** The time of the fold's seconds. */
    static Instant instant(int seconds) {
        return Instant.ofEpochSecond(BEGINNING + seconds);
    }

    /** Looks at what comes in. */
    Sight sight(Approach a) {
        int now = seconds(a.at());
        int day = now / SECONDS_OF_DAY;
        boolean known = a.account() != null;
        long identifier = hash.of(a.identifier());
        long person = known ? hash.of(a.account()) : identifier;
        long tenant =
                known && a.tenant() != null ? hash.of(a.tenant()) : hash.ofDomain(a.identifier());
        long source = hash.ofSource(a.address());
        long neighbourhood = hash.ofNeighbourhood(a.address());
        long country = hash.of(a.country());
        long agent = hash.of(a.userAgent());
        long family = hash.ofFamily(a.userAgent());
        long device = hash.of(a.device());
        int successes = known ? rest.count(Hash.pair(ACCOUNT, person, 0), day) : 0;
        int tenantSuccesses = known ? rest.count(Hash.pair(ACCOUNT, tenant, 1), day) : 0;
        boolean any = successes > 0;
        boolean deviceKnown =
                any && device != 0 && devices.count(Hash.pair(DEVICE, person, device), day) > 0;
        boolean deviceSeen = device != 0 && devices.count(Hash.pair(DEVICE, 0, device), day) > 0;
        boolean deviceGood =
                deviceSeen && guesses.passwords(Hash.pair(DEVICE, 1, device), now) < MOST_NAMES;
        boolean deviceOfHouse =
                deviceGood && devices.count(Hash.pair(TENANT_DEVICE, tenant, device), day) > 0;
        boolean addressKnown =
                any
                        && !a.shared()
                        && rest.count(Hash.pair(ADDRESS, person, neighbourhood), day) > 0;
        boolean countryKnown =
                country == 0
                        || (any && rest.count(Hash.pair(COUNTRY, person, country), day) > 0)
                        || (successes < SUCCESSES_ALONE
                                && rest.count(Hash.pair(COUNTRY, tenant, country), day) > 0);
        boolean colleagues =
                !a.shared() && rest.count(Hash.pair(COLLEAGUES, tenant, neighbourhood), day) > 0;
        boolean networkKnown =
                a.network() != 0
                        && any
                        && rest.count(Hash.pair(NETWORK, person, a.network()), day) > 0;
        boolean agentKnown =
                any
                        && (rest.count(Hash.pair(AGENT, person, agent), day) > 0
                                || (kinds.isCommon(agent)
                                        && rest.count(Hash.pair(FAMILY, person, family), day) > 0));
        boolean deviceExpected =
                device != 0
                        && countryKnown
                        && (deviceSeen
                                ? deviceOfHouse
                                : any && rest.count(Hash.pair(ISSUED, person, agent), day) > 0);
        boolean sourceGood = !a.shared() && rest.count(Hash.pair(GOOD_SOURCE, source, 0), day) > 0;
        return new Sight(
                now,
                person,
                identifier,
                tenant,
                source,
                neighbourhood,
                country,
                a.network(),
                agent,
                family,
                device,
                hash.of(a.secretTag()),
                known,
                successes,
                tenantSuccesses,
                deviceKnown,
                deviceGood,
                deviceOfHouse,
                deviceExpected,
                addressKnown,
                countryKnown,
                networkKnown,
                agentKnown,
                colleagues,
                a.shared(),
                Sight.kind(
                        a.step() == Step.RESET_REQUEST,
                        known,
                        !any,
                        countryKnown,
                        networkKnown,
                        agentKnown,
                        sourceGood));
    }

    /** What an attempt is known by, should memory not know it. */
    Pairs pairs(Approach a) {
        long person = hash.of(a.account() == null ? a.identifier() : a.account());
        long device = hash.of(a.device());
        return new Pairs(
                Hash.pair(ACCOUNT, person, 0),
                device == 0 ? 0 : Hash.pair(DEVICE, person, device),
                Hash.pair(ADDRESS, person, hash.ofNeighbourhood(a.address())));
    }

    /** The hash of a text; 0 for none. */
    long hash(@Nullable String text) {
        return hash.of(text);
    }

    /** Learns from a success. */
    void succeeded(Sight s) {
        int day = s.now() / SECONDS_OF_DAY;
        rest.add(Hash.pair(ACCOUNT, s.person(), 0), day);
        rest.add(Hash.pair(ACCOUNT, s.tenant(), 1), day);
        if (s.device() != 0) {
            devices.add(Hash.pair(DEVICE, s.person(), s.device()), day);
            devices.add(Hash.pair(DEVICE, 0, s.device()), day);
            devices.add(Hash.pair(TENANT_DEVICE, s.tenant(), s.device()), day);
        } else {
            rest.add(Hash.pair(ISSUED, s.person(), s.agent()), day);
        }
        if (!s.shared()) {
            rest.add(Hash.pair(ADDRESS, s.person(), s.neighbourhood()), day);
            rest.add(Hash.pair(COLLEAGUES, s.tenant(), s.neighbourhood()), day);
        }
        if (s.network() != 0) {
            rest.add(Hash.pair(NETWORK, s.person(), s.network()), day);
        }
        if (s.country() != 0) {
            rest.add(Hash.pair(COUNTRY, s.person(), s.country()), day);
            rest.add(Hash.pair(COUNTRY, s.tenant(), s.country()), day);
        }
        rest.add(Hash.pair(AGENT, s.person(), s.agent()), day);
        rest.add(Hash.pair(FAMILY, s.person(), s.family()), day);
        if (!s.isNovel() && !s.shared()) {
            rest.add(Hash.pair(GOOD_SOURCE, s.source(), 0), day);
        }
    }

    /** A login name was tried in vain with a device. */
    void failed(Sight s) {
        if (s.device() != 0 && !s.deviceKnown()) {
            guesses.guessed(Hash.pair(DEVICE, 1, s.device()), s.identifier(), 1, s.now());
        }
    }

    void beginCopy() {
        devices.beginCopy();
        rest.beginCopy();
    }

    void endCopy() {
        devices.endCopy();
        rest.endCopy();
    }

    boolean isCopyWhole() {
        return devices.isCopyWhole() && rest.isCopyWhole();
    }

    int pieces() {
        return devices.pieces() + rest.pieces();
    }

    void copy(int piece, DataOutput out) throws IOException {
        if (piece < devices.pieces()) {
            devices.copy(piece, out);
        } else {
            rest.copy(piece - devices.pieces(), out);
        }
    }

    void restore(int piece, DataInput in) throws IOException {
        if (piece < devices.pieces()) {
            devices.restore(piece, in);
        } else {
            rest.restore(piece - devices.pieces(), in);
        }
    }

    void write(DataOutput out) throws IOException {
        devices.write(out);
        rest.write(out);
    }

    void read(DataInput in) throws IOException {
        devices.read(in);
        rest.read(in);
    }
}
