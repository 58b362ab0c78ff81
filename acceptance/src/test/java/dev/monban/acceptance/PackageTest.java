package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Debian package: what is in it, and that the unit in it starts a gate. */
class PackageTest {

    @TempDir private static Path folder;

    private static Path root;
    private static Path control;

    @BeforeAll
    static void unpack() throws IOException, InterruptedException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Command made = Command.run("package", folder.toString()).expect(0);
        String file = made.said().lines().filter(line -> line.endsWith(".deb")).toList().getLast();
        root = folder.resolve("root");
        control = folder.resolve("control");
        run("dpkg-deb", "-x", file, root.toString());
        run("dpkg-deb", "-e", file, control.toString());
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Path said = Files.createTempFile(folder, "said", ".log");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), List.of(command).toString());
        String text = Files.readString(said);
        assertEquals(0, process.exitValue(), text);
        return text;
    }

    private static String unit(String key) throws IOException {
        return Files.readAllLines(root.resolve("lib/systemd/system/monban.service")).stream()
                .filter(line -> line.startsWith(key + "="))
                .map(line -> line.substring(key.length() + 1))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatIsInItIsWhatShips() throws IOException {
        List<String> names = new ArrayList<>();
        try (Stream<Path> all = Files.walk(root)) {
            all.forEach(path -> names.add(root.relativize(path).toString()));
        }
        for (String part :
                List.of(
                        "usr/bin/monban",
                        "usr/lib/monban/monban",
                        "usr/lib/monban/monban-server.jar",
                        "etc/monban/monban.yaml",
                        "etc/monban/env",
                        "lib/systemd/system/monban.service",
                        "usr/share/doc/monban/install.md")) {
            assertTrue(names.contains(part), part);
        }
        for (String foreign : List.of(".git", "/src/", "Test", "acceptance")) {
            assertEquals(
                    List.of(), names.stream().filter(name -> name.contains(foreign)).toList());
        }
        assertEquals(
                "rw-r-----",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(root.resolve("etc/monban/env"))));
        assertEquals(
                new TreeSet<>(List.of("/etc/monban/env", "/etc/monban/monban.yaml")),
                new TreeSet<>(Files.readAllLines(control.resolve("conffiles"))));
    }

    /** Nothing starts before somebody has said who the issuer is, and no data is ever removed. */
    @Test
    void itsScriptsStartNothingAndKeepTheData() throws IOException, InterruptedException {
        for (String script : List.of("postinst", "prerm", "postrm")) {
            run("sh", "-n", control.resolve(script).toString());
        }
        String install = Files.readString(control.resolve("postinst"));
        assertFalse(install.contains("systemctl start"), install);
        assertFalse(
                install.lines().anyMatch(line -> line.strip().startsWith("systemctl enable")));
        assertTrue(
                Files.readString(control.resolve("postrm")).contains("ls -A /var/lib/monban"));
    }

    @Test
    void theUnitIsSound() throws IOException, InterruptedException {
        for (String[] setting :
                new String[][] {
                    {"NoNewPrivileges", "yes"},
                    {"ProtectSystem", "strict"},
                    {"CapabilityBoundingSet", ""},
                    {"Restart", "on-failure"},
                    {"StateDirectoryMode", "0700"},
                    {"EnvironmentFile", "/etc/monban/env"},
                    {"User", "monban"}
                }) {
            assertEquals(setting[1], unit(setting[0]), setting[0]);
        }
        if (Files.exists(Path.of("/usr/bin/systemd-analyze"))) {
            Path copy = folder.resolve("monban.service");
            Files.writeString(
                    copy,
                    Files.readString(root.resolve("lib/systemd/system/monban.service"))
                            .replace("/usr/lib/monban", root + "/usr/lib/monban"));
            assertEquals("", run("systemd-analyze", "verify", "--man=no", copy.toString()).strip());
        }
    }

    /** As systemd runs it: the unit's command, as an ordinary user, with what the package brought. */
    @Test
    void theInstalledGateRunsByItsUnit() throws Exception {
        int port = GateProcess.freePort();
        int management = GateProcess.freePort();
        Path data = Files.createDirectory(folder.resolve("data"));
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            run("chown", "nobody", data.toString());
            command.addAll(
                    List.of(
                            "setpriv",
                            "--reuid=nobody",
                            "--regid=nogroup",
                            "--clear-groups",
                            "--no-new-privs",
                            "--bounding-set=-all"));
        }
        for (String word : unit("ExecStart").split(" ")) {
            command.add(
                    word.equals("/var/lib/monban")
                            ? data.toString()
                            : word.startsWith("/") ? root + word : word);
        }
        Path log = folder.resolve("gate.log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("MONBAN_PORT", Integer.toString(port));
        builder.environment().put("MONBAN_MANAGEMENT_PORT", Integer.toString(management));
        builder.environment().put("MONBAN_DRAIN", "0s");
        builder.environment().put("HOME", "/nonexistent");
        Process gate = builder.start();
        try (HttpClient http = HttpClient.newHttpClient()) {
            Operators.await(
                    () -> {
                        assertTrue(gate.isAlive(), () -> read(log));
                        return ready(http, management) == 200;
                    },
                    120);
            String owner = Files.readString(Path.of("/proc/" + gate.pid() + "/status"));
            assertTrue(
                    owner.lines()
                            .filter(line -> line.startsWith("Uid:"))
                            .noneMatch(line -> line.matches("Uid:\\s+0\\s.*")),
                    owner);
            gate.destroy();
            assertTrue(gate.waitFor(60, TimeUnit.SECONDS), () -> read(log));
        } finally {
            gate.destroyForcibly();
        }
    }

    private static int ready(HttpClient http, int port) {
        try {
            return http.send(
                            HttpRequest.newBuilder(
                                            URI.create(
                                                    "http://127.0.0.1:" + port + "/health/ready"))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
