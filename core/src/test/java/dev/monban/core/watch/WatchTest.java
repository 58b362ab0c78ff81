package dev.monban.core.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class WatchTest {

    private static final int DAYS = 8;
    private static final Instant ATTACK =
            Town.MONDAY.plus(Duration.ofDays(DAYS - 1)).plusSeconds(5 * 3600);

    private static Watch watch() {
        return new Watch(Policy.standard(), Sizes.small(), 1);
    }

    /** All verdicts and findings as text, one a line. */
    private static List<String> run(Watch watch, List<Attempt> attempts) {
        List<String> lines = new ArrayList<>();
        for (Attempt attempt : attempts) {
            Watch.Judged judged = watch.take(attempt);
            lines.add(attempt.approach().id() + " " + judged.verdict());
            judged.findings().forEach(f -> lines.add(f.toString()));
        }
        return lines;
    }

    private static List<Finding> findings(List<Attempt> attempts) {
        Watch watch = watch();
        return attempts.stream().flatMap(a -> watch.take(a).findings().stream()).toList();
    }

    private static Set<FindingKind> kinds(List<Attempt> attempts) {
        return findings(attempts).stream().map(Finding::kind).collect(Collectors.toSet());
    }

    private static Town stuffed(long seed) {
        Town town = new Town(seed).days(DAYS);
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            Town.Made made =
                    new Town.Made()
                            .at(ATTACK.plusSeconds(i * 5L))
                            .from("45.9." + i % 200 + "." + i % 7, 9009, "RO")
                            .tag("stolen" + i);
            town.add(
                    random.nextInt(5) == 0
                            ? made.person(
                                    random.nextInt(Town.AGENCIES), random.nextInt(Town.PEOPLE))
                            : made.stranger("leak" + i + "@mail.example"));
        }
        return town;
    }

    private static Town sprayed() {
        Town town = new Town(3).days(DAYS);
        for (int i = 0; i < Town.AGENCIES * Town.PEOPLE; i++) {
            town.add(
                    new Town.Made()
                            .person(i % Town.AGENCIES, i / Town.AGENCIES)
                            .at(ATTACK.plusSeconds(i * 300L))
                            .from("77." + i + ".1.9", 12389, "RU")
                            .tag("summer"));
        }
        return town;
    }

    private static Town guessed() {
        Town town = new Town(4).days(DAYS);
        for (int i = 0; i < 100; i++) {
            town.add(
                    new Town.Made()
                            .person(2, 3)
                            .at(ATTACK.plusSeconds(i * 60L))
                            .from("77." + i + ".1.9", 12389, "RU")
                            .tag("guess" + i));
            town.add(Town.honest(2, 3, true, ATTACK.plusSeconds(i * 60L + 30)).accepted());
        }
        return town;
    }

    @Test
    void aQuietTownHasNoFindings() {
        for (long seed = 0; seed < 20; seed++) {
            assertEquals(List.of(), findings(new Town(seed).days(DAYS).attempts()));
        }
    }

    /** A browser is good for its own house: whoever has an account is at home in no other. */
    @Test
    void aGoodBrowserIsFamiliarToItsOwnHouseAlone() {
        Watch watch = watch();
        run(watch, new Town(5).days(DAYS).attempts());
        watch.take(at("45.9.1.1", 1, 1).accepted().attempt());
        assertTrue(watch.isFamiliar(at("46.9.1.1", 1, 1).attempt().approach()));
        assertTrue(watch.isFamiliar(at("46.9.1.1", 1, 2).attempt().approach()));
        assertFalse(watch.isFamiliar(at("46.9.1.1", 2, 2).attempt().approach()));
    }

    private static Town.Made at(String address, int agency, int person) {
        return new Town.Made()
                .person(agency, person)
                .at(ATTACK)
                .from(address, 9009, "RO")
                .device("d-1");
    }

    /** It is no guess, so that guessers shut nobody out of it; at a new place it is not enough. */
    @Test
    void theOrganisationsOwnSignInIsAFirstProof() {
        Watch watch = watch();
        List<Attempt> attempts = guessed().attempts();
        attempts.forEach(watch::take);
        Instant after = attempts.getLast().approach().at().plusSeconds(60);
        Town.Made abroad =
                new Town.Made()
                        .at(after)
                        .person(2, 3)
                        .from("81.2.3.4", 3215, "FR")
                        .agent("Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Firefox/146.0");
        assertEquals(
                Reason.ACCOUNT_GUESSED,
                watch.judge(abroad.attempt().approach(), Pending.NONE).reasons().getFirst());
        Verdict verdict =
                watch.judge(abroad.step(Step.FEDERATED).attempt().approach(), Pending.NONE);
        assertEquals(Action.STEP_UP, verdict.action());
        assertEquals(Reason.NEW_COUNTRY, verdict.reasons().getFirst());
        Town.Made atHome = Town.honest(2, 3, true, after).step(Step.FEDERATED);
        assertEquals(Action.ALLOW, watch.judge(atHome.attempt().approach(), Pending.NONE).action());
    }

    @Test
    void eachAttackIsOneFindingAndIsNamed() {
        List<Finding> stuffing = findings(stuffed(1).attempts());
        assertEquals(1, stuffing.size(), stuffing.toString());
        assertEquals(FindingKind.CREDENTIAL_STUFFING, stuffing.getFirst().kind());
        List<Finding> spray = findings(sprayed().attempts());
        assertEquals(1, spray.size(), spray.toString());
        assertEquals(FindingKind.PASSWORD_SPRAYING, spray.getFirst().kind());
        List<Finding> guesses = findings(guessed().attempts());
        assertEquals(1, guesses.size(), guesses.toString());
        assertEquals(FindingKind.BRUTE_FORCE, guesses.getFirst().kind());
        assertEquals("u-2-3", guesses.getFirst().account());
    }

    @Test
    void askingAfterNamesIsEnumeration() {
        Town town = new Town(5).days(DAYS);
        for (int i = 0; i < 60; i++) {
            town.add(
                    new Town.Made()
                            .stranger("name" + i + "@agency" + i % Town.AGENCIES + ".example")
                            .step(Step.RESET_REQUEST)
                            .at(ATTACK.plusSeconds(i * 3L))
                            .from("45.9.9.9", 16276, "DE"));
        }
        assertEquals(Set.of(FindingKind.ACCOUNT_ENUMERATION), kinds(town.attempts()));
    }

    @Test
    void guessedCodesAfterTheRightPasswordAreMfaFatigue() {
        Town town = new Town(6).days(DAYS);
        Town.Made thief = new Town.Made().person(1, 1).from("45.9.9.9", 16276, "DE").tag("right");
        town.add(thief.at(ATTACK).accepted().stepUp(StepUp.FAILED));
        for (int i = 0; i < 12; i++) {
            town.add(
                    thief.step(Step.TOTP)
                            .tag(null)
                            .stepUp(null)
                            .at(ATTACK.plusSeconds(20 + i * 20L))
                            .rejected(Rejection.WRONG_CODE));
        }
        Watch watch = watch();
        List<Watch.Judged> judged = town.attempts().stream().map(watch::take).toList();
        assertTrue(
                judged.stream()
                        .flatMap(j -> j.findings().stream())
                        .anyMatch(f -> f.kind() == FindingKind.MFA_FATIGUE));
        assertTrue(judged.stream().filter(j -> j.verdict().stops()).count() >= 9);
    }

    @Test
    void aRightPasswordFromAnotherCountryIsHeldUntilProofComes() {
        Town town = new Town(7).days(DAYS);
        town.add(
                new Town.Made()
                        .person(1, 1)
                        .from("45.9.9.9", 16276, "DE")
                        .at(ATTACK)
                        .accepted()
                        .stepUp(StepUp.FAILED));
        town.add(Town.honest(2, 2, true, ATTACK.plusSeconds(3600)).accepted());
        Watch watch = watch();
        List<Watch.Judged> judged = town.attempts().stream().map(watch::take).toList();
        Watch.Judged last = judged.getLast();
        assertEquals(Action.STEP_UP, judged.get(judged.size() - 2).verdict().action());
        assertEquals(FindingKind.ACCOUNT_TAKEOVER, last.findings().getFirst().kind());
        assertEquals(ATTACK.plusSeconds(600), last.findings().getFirst().at());
    }

    @Test
    void aSessionUsedInAnotherCountryWithoutItsCookieIsTheft() {
        Town town = new Town(8).days(DAYS);
        Instant start = ATTACK.minusSeconds(600);
        town.add(Town.honest(1, 1, true, start).session("s-1").accepted());
        town.add(
                Town.honest(1, 1, true, start.plusSeconds(60))
                        .step(Step.SESSION)
                        .session("s-1")
                        .accepted());
        Town.Made thief =
                new Town.Made()
                        .person(1, 1)
                        .from("45.9.9.9", 16276, "DE")
                        .step(Step.SESSION)
                        .session("s-1")
                        .accepted();
        town.add(thief.at(ATTACK));
        town.add(thief.at(ATTACK.plusSeconds(60)));
        Watch watch = watch();
        List<Watch.Judged> judged = town.attempts().stream().map(watch::take).toList();
        assertEquals(Action.STEP_UP, judged.getLast().verdict().action());
        assertEquals(
                List.of(FindingKind.SESSION_THEFT),
                judged.stream().flatMap(j -> j.findings().stream()).map(Finding::kind).toList());
        assertEquals(
                Action.ALLOW, judged.get(judged.size() - 3).verdict().action(), "its owner's use");
    }

    @Test
    void aKnownDeviceIsNeverStopped() {
        for (Town town : List.of(stuffed(2), sprayed(), guessed())) {
            Watch watch = watch();
            for (Attempt attempt : town.attempts()) {
                Verdict verdict = watch.take(attempt).verdict();
                boolean honest = attempt.approach().address().startsWith("126.");
                assertFalse(honest && verdict.stops(), () -> attempt + " " + verdict);
            }
        }
    }

    @Test
    void anOfficeWithAnAttackedColleagueKeepsWorking() {
        Town town = new Town(9).days(DAYS);
        for (int i = 0; i < 200; i++) {
            town.add(
                    Town.honest(3, 3, false, ATTACK.plusSeconds(i * 5L))
                            .tag("guess" + i)
                            .rejected(Rejection.WRONG_PASSWORD));
        }
        for (int person = 0; person < Town.PEOPLE; person++) {
            // Those who clear their cookies, too.
            town.add(
                    Town.honest(3, person, person != 4, ATTACK.plusSeconds(1500 + person))
                            .accepted());
        }
        Watch watch = watch();
        int stopped = 0;
        for (Attempt attempt : town.attempts()) {
            Verdict verdict = watch.take(attempt).verdict();
            if (verdict.stops()) {
                stopped++;
                assertEquals(Outcome.REJECTED, attempt.check().outcome());
            }
        }
        assertTrue(stopped >= 185, stopped + " of 200 stopped");
    }

    @Test
    void theSameFileGivesTheSameBytesWithSnapshotsAnywhere() throws IOException {
        Random random = new Random(11);
        for (Town town : List.of(stuffed(5), sprayed(), guessed())) {
            List<Attempt> attempts = town.attempts();
            List<String> straight = run(watch(), attempts);
            Watch watch = watch();
            List<String> halting = new ArrayList<>();
            for (Attempt attempt : attempts) {
                halting.addAll(run(watch, List.of(attempt)));
                if (random.nextInt(40) == 0) {
                    watch = restored(watch);
                }
            }
            assertEquals(straight, halting);
        }
    }

    private static Watch restored(Watch watch) throws IOException {
        byte[] first = bytes(watch);
        Watch other = watch();
        other.read(new DataInputStream(new ByteArrayInputStream(first)));
        org.junit.jupiter.api.Assertions.assertArrayEquals(first, bytes(other));
        return other;
    }

    private static byte[] bytes(Watch watch) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        watch.write(new DataOutputStream(out));
        return out.toByteArray();
    }

    @Test
    void aSnapshotOfOtherSizesIsRefused() throws IOException {
        byte[] bytes = bytes(watch());
        Watch other = new Watch(Policy.standard(), Sizes.forAccounts(50_000), 1);
        assertThrows(
                IOException.class,
                () -> other.read(new DataInputStream(new ByteArrayInputStream(bytes))));
    }

    @Test
    void whatWasStoppedTeachesNoOutcome() {
        List<Attempt> attempts = guessed().attempts();
        Watch watch = watch();
        List<Attempt> flipped = new ArrayList<>();
        for (Attempt attempt : attempts) {
            flipped.add(
                    watch.take(attempt).verdict().stops()
                            ? new Attempt(attempt.approach(), Check.accepted())
                            : attempt);
        }
        assertNotEquals(attempts, flipped);
        assertEquals(run(watch(), attempts), run(watch(), flipped));
    }

    @Test
    void whatIsInFlightCounts() {
        Watch watch = watch();
        Approach next = guessed().attempts().getLast().approach();
        Approach stranger =
                new Town.Made()
                        .person(2, 3)
                        .at(next.at())
                        .from("77.1.1.9", 1, "RU")
                        .attempt()
                        .approach();
        new Town(4).days(DAYS).attempts().forEach(watch::take);
        int most = (int) Policy.standard().guesses();
        assertFalse(watch.judge(stranger, new Pending(most - 1, 0, 0)).stops());
        assertTrue(watch.judge(stranger, new Pending(most, 0, 0)).stops());
    }

    @Test
    void oneOwnAccountDoesNotClearASource() {
        Town town = new Town(12).days(DAYS);
        Town.Made own =
                new Town.Made()
                        .person(5, 5)
                        .from("45.9.9.9", 9009, "RO")
                        .device("d-own")
                        .accepted();
        for (int i = 0; i < 3000; i++) {
            town.add(own.at(ATTACK.minusSeconds(3600 - i)));
        }
        for (int i = 0; i < 200; i++) {
            town.add(
                    new Town.Made()
                            .stranger("leak" + i + "@mail.example")
                            .at(ATTACK.plusSeconds(i))
                            .from("45.9.9.9", 9009, "RO")
                            .tag("stolen" + i));
        }
        Watch watch = watch();
        long stopped =
                town.attempts().stream().filter(a -> watch.take(a).verdict().stops()).count();
        assertTrue(stopped > 150, stopped + " of 200 stopped");
    }

    @Test
    void eachPartEarnsItsPlace() {
        List<Attempt> guessed = guessed().attempts();
        List<Attempt> sprayed = sprayed().attempts();
        assertTrue(stopped(guessed, EnumSet.noneOf(Policy.Part.class)) == 0);
        assertTrue(
                stopped(guessed, EnumSet.allOf(Policy.Part.class))
                        > stopped(guessed, EnumSet.complementOf(EnumSet.of(Policy.Part.ACCOUNTS))));
        assertTrue(
                stopped(sprayed, EnumSet.allOf(Policy.Part.class))
                        > stopped(
                                sprayed, EnumSet.complementOf(EnumSet.of(Policy.Part.PASSWORDS))));
    }

    private static long stopped(List<Attempt> attempts, Set<Policy.Part> parts) {
        Policy policy = Policy.standard();
        for (Policy.Part part : Policy.Part.values()) {
            policy = parts.contains(part) ? policy : policy.without(part);
        }
        Watch watch = new Watch(policy, Sizes.small(), 1);
        return attempts.stream().filter(a -> watch.take(a).verdict().stops()).count();
    }
}
