package dev.monban.server.replay;

/** Whose log it is. */
public enum LogFormat {
    /** Monban's own attempts, one JSON object a line. */
    MONBAN;

    Importer importer() {
        return switch (this) {
            case MONBAN -> new AttemptReader();
        };
    }
}
