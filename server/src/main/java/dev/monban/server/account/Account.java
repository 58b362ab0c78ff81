package dev.monban.server.account;

import dev.monban.server.platform.Language;
import java.time.Instant;
import java.time.ZoneId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a person logs in to. Its id is the subject that clients see: it never changes and is never
 * given to another (OpenID Connect Core 1.0, section 8).
 *
 * @param identifier the login name, as {@link Identifiers#normalise} gives it
 * @param givenName the given name, where it was declared; never taken from {@code name} by guess
 * @param familyName the family name, likewise
 * @param email where mail reaches the person
 * @param timeZone in which times are written for the person
 * @param passwordHash in PHC form; {@code null} where there is no password
 * @param passwordExpiredAt since when another must be chosen; {@code null} where it need not
 * @param disabledAt since when it may not sign in; {@code null} where it may
 */
public record Account(
        UUID id,
        UUID tenant,
        String identifier,
        String name,
        @Nullable String givenName,
        @Nullable String familyName,
        @Nullable String email,
        boolean emailVerified,
        Language language,
        ZoneId timeZone,
        @Nullable String passwordHash,
        @Nullable Instant passwordExpiredAt,
        @Nullable Instant disabledAt,
        Instant changedAt) {

    public String subject() {
        return id.toString();
    }

    public boolean disabled() {
        return disabledAt != null;
    }

    @Override
    public String toString() {
        return "account " + id;
    }
}
