package dev.monban.server.replay;

import java.time.Year;
import java.time.ZoneId;

/** Whose log it is. Each is described in {@code docs/replay.md}. */
public enum LogFormat {
    /** Monban's own attempts, one JSON object a line. */
    MONBAN,
    /** A table with a head line. */
    CSV,
    /** Keycloak's events, one JSON object a line. */
    KEYCLOAK_JSON,
    /** Keycloak's console log. */
    KEYCLOAK,
    /** Auth0's tenant log. */
    AUTH0,
    /** Okta's System Log. */
    OKTA,
    /** OpenSSH's lines in auth.log. */
    SSH;

    /**
     * What reads it.
     *
     * @param year of the first line, where times have none
     * @param zone of the times, where they have none
     */
    Importer importer(Year year, ZoneId zone) {
        return switch (this) {
            case MONBAN -> new AttemptReader();
            case CSV -> new Csv();
            case KEYCLOAK_JSON -> new KeycloakJson();
            case KEYCLOAK -> new KeycloakText(zone);
            case AUTH0 -> new Auth0();
            case OKTA -> new Okta();
            case SSH -> new OpenSsh(year.getValue(), zone);
        };
    }
}
