package dev.monban.core.trouble;

import java.util.Locale;
import java.util.Optional;

/** What support may do for somebody who is stuck, and for whom. */
public final class Help {

    private Help() {}

    /** Something that support can do. */
    public enum Step {
        /** Sends a code to the person's address, to be read back. */
        SEND_CODE(false),
        /** Writes to the person's address what went wrong, and what to do. */
        EXPLAIN(false),
        /** Sends the mail that leads to another password to the person's address. */
        RESET(false),
        /** Asks the organisation's administrators to help. */
        HAND_OVER(false),
        /** Forgets what was guessed at the account, so that its owner is not made to wait. */
        UNLOCK(true),
        CLOSE(false);

        private final boolean needsProof;

        Step(boolean needsProof) {
            this.needsProof = needsProof;
        }

        /** Whether the caller has to show first who they are. */
        public boolean needsProof() {
            return needsProof;
        }

        /** The name in the log and in forms: lower case with underscores. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Why a step is not taken. */
    public enum Refusal {
        /** Nobody helps themselves. */
        OWN,
        /** Another organisation's people. */
        OUTSIDE,
        /** Administrators and support are helped by an administrator of the gate alone. */
        IN_OFFICE,
        /** The caller has not shown who they are. */
        UNPROVEN;

        /** The name in texts: lower case with underscores. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Whoever helps.
     *
     * @param tenant their organisation
     * @param everywhere whether that organisation runs the gate, so that they help in all
     * @param operator whether they are an administrator of such an organisation
     */
    public record Helper(String account, String tenant, boolean everywhere, boolean operator) {}

    /**
     * Whoever is to be helped.
     *
     * @param tenant {@code ""} where it is not known
     * @param inOffice whether they are an administrator, or support, themselves
     * @param operator whether they belong to an organisation that runs the gate
     */
    public record Person(String account, String tenant, boolean inOffice, boolean operator) {}

    /** Whether somebody of this organisation is any of the helper's business. */
    public static boolean isWithin(Helper helper, String tenant) {
        return helper.everywhere() || (!tenant.isEmpty() && helper.tenant().equals(tenant));
    }

    /**
     * Why a step may not be taken.
     *
     * @param proved whether the caller has shown lately, to this helper, who they are
     * @return empty where it may
     */
    public static Optional<Refusal> refuses(
            Helper helper, Person person, Step step, boolean proved) {
        if (!isWithin(helper, person.tenant())) {
            return Optional.of(Refusal.OUTSIDE);
        }
        if (helper.account().equals(person.account())) {
            return Optional.of(Refusal.OWN);
        }
        if (person.inOffice() && !(helper.operator() && !person.operator())) {
            return Optional.of(Refusal.IN_OFFICE);
        }
        return step.needsProof() && !proved ? Optional.of(Refusal.UNPROVEN) : Optional.empty();
    }
}
