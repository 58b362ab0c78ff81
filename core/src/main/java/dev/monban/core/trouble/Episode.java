package dev.monban.core.trouble;

import dev.monban.core.watch.Approach;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.NearMiss;
import dev.monban.core.watch.Rejection;
import dev.monban.core.watch.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One person's attempts, from the first that failed until they get in or give up. */
final class Episode {

    /** So much evidence is kept. */
    private static final int MOST_ATTEMPTS = 50;

    /** People who have forgotten their password try as many different ones. */
    private static final int FORGOTTEN_FROM = 3;

    /** Certain once it has come twice. */
    private static final int TWICE = 2;

    /** An app's clock, as two codes show it, is this steady (steps of 30 s). */
    private static final int STEADY_STEPS = 1;

    private final List<String> attempts = new ArrayList<>(4);
    private final Map<Rejection, Integer> rejections = new EnumMap<>(Rejection.class);
    private final Map<NearMiss, Integer> near = new EnumMap<>(NearMiss.class);
    private final Set<String> passwords = new HashSet<>(4);
    private final Set<String> remarked = new HashSet<>(4);
    private final Instant since;
    private Instant last;
    private @Nullable String tenant;
    private @Nullable String account;
    private String identifier;
    private @Nullable String device;
    private boolean deviceless = true;
    private int untagged;
    private int failures;
    private int resets;
    private int steadyDrifts;
    private @Nullable Integer drift;
    private boolean told;

    Episode(Approach first) {
        this.since = first.at();
        this.last = first.at();
        this.identifier = first.identifier();
    }

    void add(Attempt attempt) {
        Approach a = attempt.approach();
        last = a.at();
        tenant = a.tenant() == null ? tenant : a.tenant();
        account = a.account() == null ? account : a.account();
        identifier = a.identifier();
        deviceless &= a.device() == null;
        device = a.device();
        if (attempts.size() < MOST_ATTEMPTS) {
            attempts.add(a.id());
        }
    }

    /** Somebody asked for a new password. */
    void reset(Attempt attempt) {
        add(attempt);
        resets++;
    }

    void failed(Attempt attempt) {
        add(attempt);
        failures++;
        Rejection why = attempt.check().rejection();
        if (why == Rejection.UNKNOWN_ACCOUNT && attempt.approach().step() == Step.FEDERATED) {
            // It is not they who have taken the wrong name: the provider knows them by another.
            why = Rejection.IDP_ERROR;
        }
        if (why != null) {
            rejections.merge(why, 1, Integer::sum);
        }
        if (attempt.check().near() != null) {
            near.merge(attempt.check().near(), 1, Integer::sum);
        }
        if (why == Rejection.WRONG_PASSWORD && attempt.approach().secretTag() == null) {
            untagged++;
        } else if (attempt.approach().secretTag() != null && passwords.size() < FORGOTTEN_FROM) {
            passwords.add(attempt.approach().secretTag());
        }
        Integer offset = attempt.check().totpOffset();
        if (offset != null) {
            boolean steady = drift == null || Math.abs(offset - drift) <= STEADY_STEPS;
            steadyDrifts = steady ? steadyDrifts + 1 : 1;
            drift = offset;
        }
    }

    /** What became known of one of the attempts after it was written; each counts once. */
    void remark(String attempt, NearMiss miss) {
        if (attempts.contains(attempt) && remarked.add(attempt)) {
            near.merge(miss, 1, Integer::sum);
        }
    }

    Instant last() {
        return last;
    }

    int failures() {
        return failures;
    }

    int resets() {
        return resets;
    }

    boolean told() {
        return told;
    }

    void tell() {
        told = true;
    }

    /** A code was asked for and did not come, or was wrong: a right password ends nothing. */
    boolean isAtTheSecondStep() {
        return count(Rejection.WRONG_CODE)
                        + count(Rejection.NO_ANSWER)
                        + count(Rejection.FACTOR_LOST)
                > 0;
    }

    /** Whether it looks like a program: the same password, without a browser, at its leisure. */
    boolean looksAutomatic(Duration leisure) {
        return deviceless
                && passwords.size() <= 1
                && (untagged == 0 || passwords.isEmpty())
                && Duration.between(since, last).compareTo(leisure.multipliedBy(failures - 1L))
                        >= 0;
    }

    /** Whether it is known that it was one and the same password; other nodes' are not. */
    boolean isOnePassword() {
        return passwords.size() == 1 && untagged == 0;
    }

    /** What needs no silence to be sure of. */
    boolean isCertain() {
        return count(Rejection.MAIL_BOUNCED) > 0
                || count(Rejection.ACCOUNT_DISABLED) >= TWICE
                || count(Rejection.PASSWORD_EXPIRED) >= TWICE
                || count(Rejection.NO_ANSWER) >= TWICE
                || count(Rejection.FACTOR_LOST) > 0
                || count(Rejection.IDP_ERROR) >= TWICE
                || steadyDrifts >= TWICE;
    }

    /** The cause that explains most of it. */
    Cause cause() {
        if (count(Rejection.MAIL_BOUNCED) > 0) {
            return Cause.MAIL_NOT_DELIVERED;
        }
        if (count(Rejection.ACCOUNT_DISABLED) > 0) {
            return Cause.ACCOUNT_DISABLED;
        }
        if (count(Rejection.PASSWORD_EXPIRED) > 0) {
            return Cause.PASSWORD_EXPIRED;
        }
        if (count(Rejection.IDP_ERROR) * 2 >= failures) {
            return Cause.IDP_FAILED;
        }
        if (steadyDrifts > 0) {
            return Cause.TOTP_DRIFT;
        }
        if (isAtTheSecondStep()) {
            return Cause.LOST_PHONE;
        }
        if (count(Rejection.PASSKEY_CANCELLED) * 2 >= failures) {
            return Cause.PASSKEY_TROUBLE;
        }
        if (count(Rejection.UNKNOWN_ACCOUNT) * 2 >= failures) {
            return Cause.WRONG_ACCOUNT;
        }
        return ofPassword();
    }

    private Cause ofPassword() {
        @Nullable NearMiss nearest = null;
        int most = 0;
        for (Map.Entry<NearMiss, Integer> miss : near.entrySet()) {
            if (miss.getValue() > most) {
                nearest = miss.getKey();
                most = miss.getValue();
            }
        }
        if (nearest != null && most * 3 >= count(Rejection.WRONG_PASSWORD)) {
            return switch (nearest) {
                case TYPO -> Cause.TYPO;
                case CAPS_LOCK -> Cause.CAPS_LOCK;
                case FULL_WIDTH -> Cause.FULL_WIDTH;
                case STRAY_SPACE -> Cause.STRAY_SPACE;
                case OLD_PASSWORD -> Cause.OLD_PASSWORD;
                case LAYOUT -> Cause.KEYBOARD_LAYOUT;
                case OTHER_ACCOUNT -> Cause.WRONG_ACCOUNT;
                case SWAPPED -> Cause.SWAPPED;
            };
        }
        return resets > 0 || passwords.size() + untagged >= FORGOTTEN_FROM
                ? Cause.FORGOTTEN
                : Cause.OTHER_PASSWORD;
    }

    private int count(Rejection rejection) {
        return rejections.getOrDefault(rejection, 0);
    }

    Trouble.Stuck found(Instant at) {
        return new Trouble.Stuck(
                at, attempts, tenant, account, identifier, device, cause(), since, last, failures);
    }

    Trouble.Automation automatic(Instant at) {
        return new Trouble.Automation(at, attempts, tenant, account, identifier, since, failures);
    }
}
