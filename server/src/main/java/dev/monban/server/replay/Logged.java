package dev.monban.server.replay;

import dev.monban.core.watch.Approach;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Check;
import dev.monban.core.watch.Outcome;
import dev.monban.core.watch.Rejection;
import dev.monban.core.watch.Step;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What other systems' logs tell of an attempt: less than ours, and never the password. */
final class Logged {

    private @Nullable String id;
    private @Nullable Instant at;
    private @Nullable String tenant;
    private @Nullable String identifier;
    private @Nullable String account;
    private @Nullable String address;
    private long network;
    private @Nullable String country;
    private @Nullable String userAgent;
    private @Nullable String client;
    private @Nullable String session;
    private Step step = Step.PASSWORD;
    private Outcome outcome = Outcome.ACCEPTED;
    private @Nullable Rejection rejection;

    Logged id(String value) {
        id = value;
        return this;
    }

    Logged at(Instant value) {
        at = value;
        return this;
    }

    /**
     * The time of the attempt.
     *
     * @throws BadLine where it is not as RFC 3339 has it
     */
    Logged at(@Nullable String text) throws BadLine {
        if (text != null) {
            try {
                at =
                        text.endsWith("Z")
                                ? Instant.parse(text)
                                : OffsetDateTime.parse(text).toInstant();
            } catch (DateTimeException e) {
                throw new BadLine("the time " + Importer.cut(text) + " is no RFC 3339 time");
            }
        }
        return this;
    }

    Logged tenant(@Nullable String value) {
        tenant = value;
        return this;
    }

    Logged identifier(@Nullable String value) {
        identifier = value == null ? null : value.strip().toLowerCase(Locale.ROOT);
        return this;
    }

    Logged account(@Nullable String value) {
        account = value;
        return this;
    }

    Logged address(@Nullable String value) {
        address = value;
        return this;
    }

    Logged network(long value) {
        network = value;
        return this;
    }

    Logged country(@Nullable String value) {
        country = value;
        return this;
    }

    Logged userAgent(@Nullable String value) {
        userAgent = value;
        return this;
    }

    Logged client(@Nullable String value) {
        client = value;
        return this;
    }

    Logged session(@Nullable String value) {
        session = value;
        return this;
    }

    Logged step(Step value) {
        step = value;
        return this;
    }

    Logged rejected(Rejection why) {
        outcome = Outcome.REJECTED;
        rejection = why;
        return this;
    }

    /**
     * The attempt.
     *
     * @throws BadLine where the log does not tell when, who or from where
     */
    Attempt attempt(long line) throws BadLine {
        if (at == null || identifier == null || identifier.isEmpty() || address == null) {
            throw new BadLine("the time, the login name or the address is missing");
        }
        return new Attempt(
                new Approach(
                        id == null ? "line-" + line : id,
                        at,
                        tenant,
                        identifier,
                        account,
                        address,
                        network,
                        country,
                        userAgent,
                        null,
                        client,
                        step,
                        null,
                        false,
                        session),
                new Check(outcome, rejection, null, null, null));
    }
}
