package dev.monban.server.login;

import dev.monban.core.trouble.Slips;
import dev.monban.core.watch.Action;
import dev.monban.core.watch.NearMiss;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.password.HashGate;
import dev.monban.server.password.Passwords;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.RateLimit;
import dev.monban.server.platform.SourceKey;
import dev.monban.server.watch.LiveWatch;
import dev.monban.server.watch.Remarks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how a wrong password of an honest person missed the right one, so that support can say
 * it. It never helps anybody in, and it is looked at only where the account, or its house, knows
 * who asks, after the answer has gone out, and as long as it is little beside what honest sign-ins
 * cost: whoever is a stranger causes no work, and meets the same in the same time.
 */
public final class NearMisses implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(NearMisses.class.getName());

    /** The answer is with the visitor by then. */
    private static final Duration AFTER_ANSWER = Duration.ofSeconds(1);

    private static final int MOST_WAITING = 200;

    /** Of the hashes that honest sign-ins cost, so many more, in thousandths. */
    private static final long SHARE_THOUSANDTHS = 90;

    /** What a quiet night may save, in hashes. */
    private static final long MOST_SAVED = 20;

    /** What a gate that has just begun may spend: one wrong password's. */
    private static final long AT_FIRST = Slips.MOST;

    private static final long HASH = 1000;

    private final Database database;
    private final Accounts accounts;
    private final Passwords passwords;
    private final HashGate gate;
    private final Remarks remarks;
    private final RateLimit limit;
    private final AtomicLong saved = new AtomicLong(AT_FIRST * HASH);
    private final AtomicLong hashes = new AtomicLong();
    private final ScheduledThreadPoolExecutor worker;

    /**
     * @param limit how often the passwords of one account are looked at
     */
    public NearMisses(
            Database database,
            Accounts accounts,
            Passwords passwords,
            HashGate gate,
            Remarks remarks,
            RateLimit limit) {
        this.database = database;
        this.accounts = accounts;
        this.passwords = passwords;
        this.gate = gate;
        this.remarks = remarks;
        this.limit = limit;
        this.worker =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("near misses").factory());
        this.worker.setRemoveOnCancelPolicy(true);
    }

    /** What might have been meant, and what it would have been right for. */
    private record Candidate(NearMiss kind, String password, String hash) {
        @Override
        public String toString() {
            return kind.code();
        }
    }

    /** An honest sign-in has cost a hash: a part of that may be spent here. */
    void signedIn() {
        long now = saved.updateAndGet(s -> Math.min(s + SHARE_THOUSANDTHS, MOST_SAVED * HASH));
        assert now > 0;
    }

    /** How many hashes were spent here. */
    public long hashes() {
        return hashes.get();
    }

    /** A password was wrong. */
    void wrong(LiveWatch.Judgement judgement, Account account, String password) {
        String hash = account.passwordHash();
        if (hash != null) {
            UUID attempt = UUID.fromString(judgement.approach().id());
            @Nullable String device = judgement.approach().device();
            later(judgement, () -> look(attempt, account, hash, device, password));
        }
    }

    /** The password was right, and in the login name's place: no hash is wanted to know it. */
    void exchanged(LiveWatch.Judgement judgement, Account account) {
        UUID attempt = UUID.fromString(judgement.approach().id());
        later(
                judgement,
                () -> remarks.put(new Remarks.Remark(attempt, account.id(), NearMiss.SWAPPED)));
    }

    private void later(LiveWatch.Judgement judgement, Runnable work) {
        boolean suspected = judgement.masked() || judgement.verdict().action() != Action.ALLOW;
        if (!suspected && judgement.familiar() && worker.getQueue().size() < MOST_WAITING) {
            ScheduledFuture<?> scheduled =
                    worker.schedule(
                            () -> quietly(work), AFTER_ANSWER.toMillis(), TimeUnit.MILLISECONDS);
            assert scheduled != null;
        }
    }

    private static void quietly(Runnable work) {
        try {
            work.run();
        } catch (Problem e) {
            // Too often, or too busy: it is left undone.
            LOG.log(Level.FINE, "a near miss was not looked for", e);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "a near miss could not be looked for", e);
        }
    }

    private void look(
            UUID attempt, Account account, String hash, @Nullable String device, String password) {
        limit.count(account.id().toString());
        for (Candidate candidate : candidates(account, hash, device, password)) {
            if (!gate.hasRoom() || !spend()) {
                return;
            }
            boolean meant =
                    gate.pass(
                                    account.identifier(),
                                    SourceKey.of("near misses"),
                                    () -> passwords.check(candidate.password(), candidate.hash()))
                            .right();
            if (meant) {
                remarks.put(new Remarks.Remark(attempt, account.id(), candidate.kind()));
                return;
            }
        }
    }

    private boolean spend() {
        long before = saved.getAndUpdate(s -> s >= HASH ? s - HASH : s);
        if (before < HASH) {
            return false;
        }
        hashes.incrementAndGet();
        return true;
    }

    private List<Candidate> candidates(
            Account account, String hash, @Nullable String device, String password) {
        List<Candidate> candidates = new ArrayList<>();
        Optional<Account> other =
                database.query(c -> {
                    for (String old : accounts.oldPasswords(c, account.id())) {
                        candidates.add(new Candidate(NearMiss.OLD_PASSWORD, password, old));
                    }
                    Optional<UUID> last =
                            device == null
                                    ? Optional.empty()
                                    : remarks.lastAt(c, device, account.id());
                    return last.isPresent()
                            ? accounts.byId(c, last.get())
                                    .filter(o -> o.tenant().equals(account.tenant()))
                            : Optional.empty();
                });
        for (Slips.Slip slip : Slips.of(password)) {
            candidates.add(new Candidate(slip.kind(), slip.password(), hash));
        }
        List<Candidate> most =
                new ArrayList<>(candidates.subList(0, Math.min(Slips.MOST, candidates.size())));
        String others = other.map(Account::passwordHash).orElse(null);
        if (others != null) {
            // A colleague's browser tells more than the last of the slips.
            if (most.size() == Slips.MOST) {
                most.removeLast();
            }
            // It is looked at as seldom as if it had been typed at that account.
            limit.count(other.get().id().toString());
            most.add(new Candidate(NearMiss.OTHER_ACCOUNT, password, others));
        }
        return most;
    }

    /** What waits is left undone. */
    @Override
    public void close() {
        List<Runnable> left = worker.shutdownNow();
        assert left.size() <= MOST_WAITING + 1;
    }
}
