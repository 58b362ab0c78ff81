package dev.monban.core.watch;

/**
 * What is in flight while an attempt is judged: tries that were let on to the check and have not
 * come back. They count as if they had failed, so that parallel guesses win nothing over guesses in
 * a row.
 *
 * @param account at the same account, from places that it does not know
 * @param within at the same account from the same source
 * @param tag of the same password, at other accounts
 */
public record Pending(int account, int within, int tag) {

    /** Nothing is in flight. */
    public static final Pending NONE = new Pending(0, 0, 0);
}
