package dev.monban.server.login;

import java.util.Optional;

/** Reads what people came for; implemented by whoever sends them to sign in. */
@FunctionalInterface
public interface Errands {

    /** The errand sealed in this text; empty where it is none of ours, or too old. */
    Optional<Errand> read(String sealed);
}
