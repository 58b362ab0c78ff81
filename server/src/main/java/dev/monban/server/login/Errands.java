package dev.monban.server.login;

import dev.monban.server.platform.Problem;
import java.util.Optional;

/** Reads what people came for; implemented by whoever sends them to sign in. */
public interface Errands {

    /** The errand sealed in this text; empty where it is none of ours, or too old. */
    Optional<Errand> read(String sealed);

    /**
     * What to tell somebody whose errand {@link #read} finds no more. Where it was one of ours, it
     * leads back to the client.
     */
    Problem unreadable(String sealed);
}
