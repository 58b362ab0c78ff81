package dev.monban.server.password;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.server.platform.Problem;
import dev.monban.server.platform.SourceKey;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PasswordsTest {

    private static final Argon2Parameters CHEAP = new Argon2Parameters(64, 1, 1);

    /** From the reference implementation's own tests: Argon2id v19 with one lane. */
    @Test
    void agreesWithTheReferenceImplementation() {
        byte[] password = "password".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        byte[] salt = "somesalt".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        for (Argon2 argon2 :
                List.of(
                        new VectorArgon2(new FourLanes()),
                        new VectorArgon2(new EightLanes()),
                        new BouncyArgon2())) {
            assertEquals(
                    "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7",
                    HexFormat.of()
                            .formatHex(
                                    argon2.hash(
                                            password,
                                            salt,
                                            new Argon2Parameters(65536, 2, 1),
                                            32)));
            assertEquals(
                    "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe",
                    HexFormat.of()
                            .formatHex(
                                    argon2.hash(
                                            password, salt, new Argon2Parameters(256, 2, 1), 32)));
        }
    }

    @Test
    void whatIsTooLongIsNeverRight() {
        Passwords passwords = new Passwords(CHEAP);
        String longest = "\ufdfa".repeat(Passwords.MOST_CHARACTERS);
        String stored = passwords.hash(longest);
        assertTrue(passwords.check(longest, stored).right());
        assertFalse(passwords.check(longest + "x", stored).right());
        // Neither is what was once stored for one that is too long, as by a declaration.
        assertFalse(passwords.check(longest + "x", passwords.hash(longest + "x")).right());
        assertFalse(CommonPasswords.read(Optional.empty()).contains(longest + "x"));
    }

    @Test
    void givesTheSameBytesAsBouncyCastleOnRandomInput() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Argon2 four = new VectorArgon2(new FourLanes());
        Argon2 eight = new VectorArgon2(new EightLanes());
        Argon2 other = new BouncyArgon2();
        for (int i = 0; i < 60; i++) {
            byte[] password = new byte[random.nextInt(200)];
            byte[] salt = new byte[8 + random.nextInt(56)];
            random.nextBytes(password);
            random.nextBytes(salt);
            var parameters =
                    new Argon2Parameters(8 + random.nextInt(2000), 1 + random.nextInt(4), 1);
            int length = 4 + random.nextInt(200);
            byte[] expected = other.hash(password, salt, parameters, length);
            String where =
                    "seed " + seed + " at " + i + ": " + parameters + ", " + length + " bytes";
            assertArrayEquals(expected, four.hash(password, salt, parameters, length), where);
            assertArrayEquals(expected, eight.hash(password, salt, parameters, length), where);
        }
    }

    @Test
    void takesThePasswordHoweverTheKeyboardWroteIt() {
        Passwords passwords = new Passwords(CHEAP);
        String stored = passwords.hash("ｐａｓｓ１２３ガ");
        assertTrue(passwords.check("pass123ガ", stored).right());
        assertTrue(passwords.check("pass123ｶﾞ", stored).right());
        assertFalse(passwords.check("Pass123ガ", stored).right());
        assertFalse(passwords.check("pass123ガ ", stored).right());
    }

    @Test
    void renewsAHashWithOldParameters() {
        String old = new Passwords(CHEAP).hash("hana-to-mizu");
        Passwords today = new Passwords(new Argon2Parameters(128, 2, 1));
        Passwords.Check check = today.check("hana-to-mizu", old);
        assertTrue(check.right());
        assertTrue(check.stale());
        String renewed = today.hash("hana-to-mizu");
        assertTrue(renewed.startsWith("$argon2id$v=19$m=128,t=2,p=1$"));
        assertTrue(!today.check("hana-to-mizu", renewed).stale());
        assertTrue(!today.check("wrong", old).stale());
    }

    @Test
    void checksSeveralLanes() {
        byte[] salt = new byte[16];
        byte[] password = "lanes".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        var parameters = new Argon2Parameters(256, 2, 4);
        String stored =
                new PasswordHash(
                                parameters,
                                salt,
                                new BouncyArgon2().hash(password, salt, parameters, 32))
                        .text();
        assertTrue(new Passwords(CHEAP).check("lanes", stored).right());
    }

    @Test
    void nobodyHasThePasswordOfNoAccount() {
        Passwords passwords = new Passwords(CHEAP);
        assertFalse(passwords.check("", null).right());
        assertFalse(passwords.check("anything", null).right());
        assertFalse(
                passwords
                        .check("anything", "$argon2id$v=19$m=999999999,t=1,p=1$AAAA$AAAA")
                        .right());
    }

    @Test
    void letsOneHashACoreRunAndRefusesWhatIsTooMuch() throws Exception {
        HashGate gate = new HashGate(1);
        CountDownLatch open = new CountDownLatch(1);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        int tries = 1000;
        CountDownLatch refusedOrWaiting = new CountDownLatch(tries - 200);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> results = new ArrayList<>();
            for (int i = 0; i < tries; i++) {
                String account = "account" + i;
                String source = "source" + i % 10;
                results.add(
                        threads.submit(() -> {
                            try {
                                return gate.pass(
                                        account,
                                        SourceKey.of(source),
                                        () -> {
                                            most.accumulateAndGet(
                                                    running.incrementAndGet(), Math::max);
                                            await(open);
                                            running.decrementAndGet();
                                            return "done";
                                        });
                            } catch (Problem busy) {
                                refusedOrWaiting.countDown();
                                return busy.code() + busy.retryAfterSeconds();
                            }
                        }));
            }
            refusedOrWaiting.await();
            open.countDown();
            int done = 0;
            for (Future<String> result : results) {
                if (result.get().equals("done")) {
                    done++;
                } else {
                    assertEquals("busy2", result.get());
                }
            }
            assertEquals(1, most.get());
            assertEquals(200, done);
            assertEquals(0, gate.waiting());
        }
    }

    @Test
    void oneSourceTakesHalfOfThePlacesAndOneAccountAFew() throws Exception {
        HashGate gate = new HashGate(1);
        CountDownLatch open = new CountDownLatch(1);
        CountDownLatch full = new CountDownLatch(300);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 400; i++) {
                String account = "victim" + i;
                threads.execute(() -> {
                    try {
                        String held =
                                gate.pass(account, SourceKey.of("attacker"), () -> await(open));
                        assertEquals("waited", held);
                    } catch (Problem busy) {
                        full.countDown();
                    }
                });
            }
            full.await();
            Future<String> honest =
                    threads.submit(() -> gate.pass("sato", SourceKey.of("office"), () -> "let in"));
            CountDownLatch sameAccount = new CountDownLatch(6);
            for (int i = 0; i < 10; i++) {
                String source = "home";
                threads.execute(() -> {
                    try {
                        String held = gate.pass("one", SourceKey.of(source), () -> await(open));
                        assertEquals("waited", held);
                    } catch (Problem busy) {
                        sameAccount.countDown();
                    }
                });
            }
            sameAccount.await();
            open.countDown();
            assertEquals("let in", honest.get());
        }
    }

    @Test
    void readsNoHashThatWouldTakeTheMemory() {
        assertTrue(
                PasswordHash.parse(
                                "$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHRzb21l$"
                                        + "A".repeat(43))
                        .isEmpty());
        assertTrue(PasswordHash.parse("$2b$12$abcdefghijklmnopqrstuv").isEmpty());
        assertThrows(IllegalArgumentException.class, () -> new Argon2Parameters(8, 0, 1));
    }

    private static String await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return "waited";
    }
}
