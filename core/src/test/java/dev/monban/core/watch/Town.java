package dev.monban.core.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Made-up traffic: agencies whose people sign in each morning, and attackers. */
final class Town {

    static final int AGENCIES = 12;
    static final int PEOPLE = 8;
    static final Instant MONDAY = Instant.parse("2026-09-07T00:00:00Z");

    private static final String[] AGENTS = {
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/142.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/19.0 Safari/605.1.15"
    };

    private final Random random;
    private final List<Attempt> attempts = new ArrayList<>();
    private int numbered;

    Town(long seed) {
        this.random = new Random(seed);
    }

    /** All that was made, in the order of time. */
    List<Attempt> attempts() {
        attempts.sort(Comparator.comparing(a -> a.approach().at()));
        return attempts;
    }

    /** So many days of work; each person signs in once a day, some mistype. */
    Town days(int days) {
        for (int day = 0; day < days; day++) {
            for (int agency = 0; agency < AGENCIES; agency++) {
                for (int person = 0; person < PEOPLE; person++) {
                    Instant at =
                            MONDAY.plus(Duration.ofDays(day)).plusSeconds(random.nextInt(3 * 3600));
                    if (random.nextInt(12) == 0) {
                        add(
                                honest(agency, person, day > 0, at.minusSeconds(20))
                                        .tag("wrong" + random.nextInt(1000))
                                        .rejected(Rejection.WRONG_PASSWORD));
                    }
                    add(honest(agency, person, day > 0, at).accepted());
                }
            }
        }
        return this;
    }

    /** A person at the desk in the agency's office. */
    static Made honest(int agency, int person, boolean cookie, Instant at) {
        return new Made()
                .at(at)
                .person(agency, person)
                .from("126.1." + agency + ".10", 2516, "JP")
                .agent(AGENTS[(agency + person) % AGENTS.length])
                .device(cookie ? "d-" + agency + "-" + person : null);
    }

    Town add(Made made) {
        attempts.add(made.id("a-" + numbered++).attempt());
        return this;
    }

    /** An attempt in the making; a fresh one knows nothing. */
    static final class Made {
        private String id = "";
        private Instant at = MONDAY;
        private @Nullable String tenant;
        private String identifier = "";
        private @Nullable String account;
        private String address = "203.0.113.1";
        private long network;
        private @Nullable String country;
        private String agent = AGENTS[0];
        private @Nullable String device;
        private Step step = Step.PASSWORD;
        private @Nullable String tag;
        private boolean common;
        private @Nullable String session;
        private Outcome outcome = Outcome.REJECTED;
        private @Nullable Rejection rejection = Rejection.WRONG_PASSWORD;
        private @Nullable StepUp stepUp;

        Made id(String value) {
            id = value;
            return this;
        }

        Made at(Instant value) {
            at = value;
            return this;
        }

        Made person(int agency, int person) {
            tenant = "t-" + agency;
            account = "u-" + agency + "-" + person;
            identifier = "person" + person + "@agency" + agency + ".example";
            return this;
        }

        Made stranger(String name) {
            identifier = name;
            rejection = Rejection.UNKNOWN_ACCOUNT;
            return this;
        }

        Made from(String value, long asn, String code) {
            address = value;
            network = asn;
            country = code;
            return this;
        }

        Made agent(String value) {
            agent = value;
            return this;
        }

        Made device(@Nullable String value) {
            device = value;
            return this;
        }

        Made step(Step value) {
            step = value;
            return this;
        }

        Made tag(@Nullable String value) {
            tag = value;
            return this;
        }

        Made common() {
            common = true;
            return this;
        }

        Made session(String value) {
            session = value;
            return this;
        }

        Made rejected(Rejection why) {
            outcome = Outcome.REJECTED;
            rejection = why;
            return this;
        }

        Made accepted() {
            outcome = Outcome.ACCEPTED;
            rejection = null;
            return this;
        }

        Made stepUp(@Nullable StepUp value) {
            stepUp = value;
            return this;
        }

        Attempt attempt() {
            return new Attempt(
                    new Approach(
                            id,
                            at,
                            tenant,
                            identifier,
                            account,
                            address,
                            network,
                            country,
                            agent,
                            device,
                            "crm",
                            step,
                            tag,
                            common,
                            session),
                    new Check(outcome, rejection, null, null, stepUp));
        }
    }
}
