package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups made under load, restores into empty folders, and keys that are lost or wrong. */
class BackupTest {

    private static final GateProcess GATE = House.own("--source-rate", "5000");

    /** Signed in, and given refresh tokens, before the backup began. */
    private static final Queue<Visitor> SIGNED_IN = new ConcurrentLinkedQueue<>();

    private static final Queue<String> REFRESH_TOKENS = new ConcurrentLinkedQueue<>();
    private static final int SIGN_INS_BEFORE = 6;

    @TempDir private static Path folder = Path.of("");

    private static Path backup = Path.of("");
    private static Path key = Path.of("");

    @BeforeAll
    static void backUpUnderLoad() throws Exception {
        backup = folder.resolve("backup");
        key = folder.resolve("elsewhere.key");
        for (int i = 0; i < SIGN_INS_BEFORE; i++) {
            Visitor visitor = new Visitor(GATE);
            Map<String, Object> tokens =
                    new Party(GATE, "crm").tokens(visitor, "scope", "openid offline_access");
            SIGNED_IN.add(visitor);
            REFRESH_TOKENS.add(String.valueOf(tokens.get("refresh_token")));
        }
        AtomicBoolean stopped = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 3; i++) {
                threads.execute(() -> {
                    while (!stopped.get()) {
                        new Party(GATE, "crm").tokens(new Visitor(GATE));
                    }
                });
            }
            Command.run("backup", backup.toString(), "--data", data(), "--key-to", key.toString())
                    .expect(0, "wrote " + backup, key.toString());
            stopped.set(true);
        }
    }

    @AfterAll
    static void stop() {
        GATE.close();
    }

    private static String data() {
        return GATE.folder().resolve("data").toString();
    }

    @Test
    void theSamePeopleSessionsKeysAndLogComeBack() throws Exception {
        String keysBefore = new Visitor(GATE).get("/jwks").body();
        Path restored = folder.resolve("restored");
        Command.run(
                        "restore",
                        backup.toString(),
                        "--data",
                        restored.toString(),
                        "--master-key-file",
                        key.toString())
                .expect(0, "restored the backup");
        try (GateProcess again = GATE.on(restored)) {
            assertEquals(keysBefore, new Visitor(again).get("/jwks").body());
            for (Visitor visitor : SIGNED_IN) {
                Visitor there = new Visitor(again);
                there.cookies().putAll(visitor.cookies());
                HttpResponse<String> page = there.get("/account");
                assertEquals(200, page.statusCode());
                // Their sign-ins, from the log of attempts.
                assertTrue(page.body().contains("127.0.0.1"), page.body());
            }
            Party crm = new Party(again, "crm");
            for (String token : REFRESH_TOKENS) {
                assertEquals(200, crm.refresh(token).statusCode());
            }
            // The log goes on: what is written is read back.
            Visitor someone = new Visitor(again);
            assertEquals(
                    303, someone.signIn("/login", House.SATO, House.SATO_PASSWORD).statusCode());
            assertEquals(200, someone.get("/account").statusCode());
        }
    }

    /** Only the finished list makes a folder a backup; each file of it is held against its hash. */
    @Test
    void nothingHalfDoneOrChangedPassesForABackup() throws Exception {
        Path half = folder.resolve("half");
        copy(backup, half);
        Files.delete(half.resolve("backup.json"));
        restore(half, folder.resolve("from-half")).expect(2, "is no finished backup");
        assertFalse(Files.exists(folder.resolve("from-half").resolve("postgresql/18")));

        Path changed = folder.resolve("changed");
        copy(backup, changed);
        Path file = changed.resolve("database/global/pg_control");
        byte[] bytes = Files.readAllBytes(file);
        bytes[100] ^= 1;
        Files.write(file, bytes);
        Path from = folder.resolve("from-changed");
        restore(changed, from).expect(2, "is not as it was when the backup was made");
        assertFalse(Files.exists(from.resolve("postgresql/18")));
        // And no gate starts on what is left of that restore.
        Command.run("start", "--config", config(), "--data", from.toString())
                .expect(2, "a restore into this folder did not end");

        Path missing = folder.resolve("missing");
        copy(backup, missing);
        Files.delete(missing.resolve("database/backup_label"));
        restore(missing, folder.resolve("from-missing")).expect(2, "is missing from the backup");
        Path more = folder.resolve("more");
        copy(backup, more);
        Files.writeString(more.resolve("database/pg_hba.conf.mine"), "trust");
        restore(more, folder.resolve("from-more")).expect(2, "does not belong to the backup");
    }

    @Test
    void nothingIsWrittenOver() throws Exception {
        Command.run("backup", backup.toString(), "--data", data())
                .expect(2, "there is something in it");
        restore(backup, Path.of(data())).expect(2, "there is something in it");
        Path file = Files.writeString(folder.resolve("a-file"), "mine");
        Command.run("backup", file.toString(), "--data", data()).expect(2, "is no folder");
        assertEquals("mine", Files.readString(file));
        Command.run("backup", data() + "/postgresql/copy", "--data", data())
                .expect(2, "does not lie within");
        Command.run("key", "new", key.toString()).expect(2, "is there already");
        try (Stream<Path> all = Files.walk(backup)) {
            for (Path one : all.toList()) {
                String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(one));
                assertTrue(mode.endsWith("------"), one + " " + mode);
            }
        }
        try (Stream<Path> all = Files.walk(backup)) {
            byte[] secret = Files.readAllBytes(key);
            for (Path one : all.filter(Files::isRegularFile).toList()) {
                assertFalse(holds(Files.readAllBytes(one), secret), one + " holds the key");
            }
        }
    }

    @Test
    void anotherDatabaseHasItsOwnTools() {
        Command.run(
                        "backup",
                        folder.resolve("other").toString(),
                        "--database",
                        "jdbc:postgresql://db.example/monban?user=a&password=hidden")
                .expect(2, "pg_basebackup", "pg_dump", "db.example/monban");
        Command.run("backup", folder.resolve("other").toString(), "--data", folder.toString())
                .expect(2, "no gate runs with this data folder");
    }

    /** Lost, wrong, replaced, open to others: each is refused with the sentence that mends it. */
    @Test
    void aMasterKeyIsNeverGuessedOrReplaced() throws Exception {
        String wrong = folder.resolve("wrong.key").toString();
        Command.run("key", "new", wrong).expect(0);
        Command.run(
                        "restore",
                        backup.toString(),
                        "--data",
                        folder.resolve("from-wrong").toString(),
                        "--master-key-file",
                        wrong)
                .expect(2, "is not the master key that belongs to this backup");
        Command.run("restore", backup.toString(), "--data", folder.resolve("x").toString())
                .expect(2, "give the copy of the master key");

        try (GateProcess gate = House.own()) {
            gate.stop();
            Path own = gate.folder().resolve("data/master.key");
            byte[] right = Files.readAllBytes(own);
            List<String> start =
                    List.of(
                            "start",
                            "--config",
                            gate.folder().resolve("monban.yaml").toString(),
                            "--data",
                            gate.folder().resolve("data").toString());
            Files.delete(own);
            start(start).expect(2, "master.key is missing", "put its copy back");
            assertFalse(Files.exists(own), "no key is made where a database has one");
            Files.copy(Path.of(wrong), own);
            start(start).expect(2, "this is not the master key", "put back the key");
            Files.write(own, right);
            Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rw-r--r--"));
            start(start).expect(2, "chmod 600");
            Files.delete(own);
            String text = Base64.getEncoder().encodeToString(right);
            start(start, "MONBAN_MASTER_KEY", text.substring(4)).expect(2, "MONBAN_MASTER_KEY");
            start(start, "MONBAN_MASTER_KEY", text, "MONBAN_MASTER_KEY_FILE", wrong)
                    .expect(2, "give the master key once");
            start(start, "MONBAN_MASTER_KEY_FILE", wrong).expect(2, "this is not the master key");
            // A container hands it over in the environment.
            gate.startAgain(Map.of("MONBAN_MASTER_KEY", text));
            assertFalse(Files.exists(own));
        }
    }

    private static Command start(List<String> words, String... environment) {
        Map<String, String> variables = new java.util.HashMap<>();
        for (int i = 0; i < environment.length; i += 2) {
            variables.put(environment[i], environment[i + 1]);
        }
        return Command.run(variables, words.toArray(new String[0]));
    }

    private static Command restore(Path from, Path to) {
        return Command.run(
                "restore",
                from.toString(),
                "--data",
                to.toString(),
                "--master-key-file",
                key.toString());
    }

    private static String config() {
        return GATE.folder().resolve("monban.yaml").toString();
    }

    private static void copy(Path from, Path to) throws IOException {
        List<Path> all = new ArrayList<>();
        try (Stream<Path> files = Files.walk(from)) {
            files.forEach(all::add);
        }
        for (Path one : all) {
            Files.copy(one, to.resolve(from.relativize(one).toString()));
        }
    }

    private static boolean holds(byte[] all, byte[] part) {
        for (int i = 0; i + part.length <= all.length; i++) {
            int j = 0;
            while (j < part.length && all[i + j] == part[j]) {
                j++;
            }
            if (j == part.length) {
                return true;
            }
        }
        return false;
    }
}
