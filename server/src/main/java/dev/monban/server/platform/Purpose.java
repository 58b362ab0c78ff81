package dev.monban.server.platform;

/**
 * What a key of the {@link Vault} is for. The vault remembers one key for each purpose, so that
 * purposes are constants: nothing that comes from outside is part of one. RepositoryTest finds any
 * that is not.
 */
public final class Purpose {

    private final String name;

    private Purpose(String name) {
        this.name = name;
    }

    /**
     * A purpose, to be held in a constant.
     *
     * @param name a literal that no other purpose has; what was tagged or sealed under it is stored
     */
    public static Purpose of(String name) {
        return new Purpose(name);
    }

    /** A purpose whose data belong to one of many subjects, to be held in a constant. */
    public static OfSubject ofSubject(String name) {
        return new OfSubject(name);
    }

    String name() {
        return name;
    }

    /**
     * A purpose with a key for each subject, such as an account. These keys are derived anew each
     * time (some microseconds) and never remembered, because subjects may be what strangers type.
     * The derivation is the one of release 0.1.0, so that what it stored is good here, and the
     * other way round.
     */
    public static final class OfSubject {

        private final String name;

        private OfSubject(String name) {
            this.name = name;
        }

        String name() {
            return name;
        }
    }
}
