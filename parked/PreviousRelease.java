package dev.monban.acceptance;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The last release that CHANGELOG.md names, built from its commit. To build it takes a minute, so
 * it is kept in the cache of the user ({@code XDG_CACHE_HOME}, else {@code ~/.cache}), in a folder
 * with the name of the commit.
 */
final class PreviousRelease {

    /** A release is a line: version, day, commit. */
    private static final Pattern LINE =
            Pattern.compile("^- (\\d+\\.\\d+\\.\\d+) (\\d{4}-\\d\\d-\\d\\d) ([0-9a-f]{7,40})$");

    private final String version;
    private final Path folder;

    private PreviousRelease(String version, Path folder) {
        this.version = version;
        this.folder = folder;
    }

    /** Finds it, and builds it where that was not done before. */
    static PreviousRelease built() throws IOException, InterruptedException {
        String version = "";
        String commit = "";
        for (String line : Files.readAllLines(GateProcess.repository().resolve("CHANGELOG.md"))) {
            Matcher release = LINE.matcher(line);
            if (release.matches()) {
                version = release.group(1);
                commit = release.group(3);
            }
        }
        if (commit.isEmpty()) {
            throw new IllegalStateException("CHANGELOG.md names no release");
        }
        Path folder = cache().resolve(fullCommit(commit));
        if (!Files.isDirectory(folder)) {
            build(commit, folder);
        }
        return new PreviousRelease(version, folder);
    }

    /** The version that CHANGELOG.md gives it. */
    String version() {
        return version;
    }

    /** The launcher that runs it. */
    Path launcher() {
        return folder.resolve("monban");
    }

    /** The folder that it was built in. */
    Path folder() {
        return folder;
    }

    private static Path cache() {
        String given = System.getenv("XDG_CACHE_HOME");
        Path caches =
                given == null || given.isEmpty()
                        ? Path.of(System.getProperty("user.home"), ".cache")
                        : Path.of(given);
        return caches.resolve("monban").resolve("releases");
    }

    private static String fullCommit(String commit) throws IOException, InterruptedException {
        Path said = Files.createTempFile("monban-commit", "");
        try {
            int code = run(said, "git", "rev-parse", "--verify", "--quiet", commit + "^{commit}");
            if (code != 0) {
                throw new IllegalStateException(
                        "the commit "
                                + commit
                                + " of the last release is not in this clone: fetch the whole"
                                + " history with `git fetch --unshallow --tags`, and run the test"
                                + " again");
            }
            return Files.readString(said).strip();
        } finally {
            Files.delete(said);
        }
    }

    /** In a folder beside, which gets its name when all is done: what is half built is not used. */
    private static void build(String commit, Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder.getParent());
        Path beside = Files.createTempDirectory(folder.getParent(), "building-");
        Path said = beside.resolve("build.log");
        Path archive = beside.resolve("source.tar");
        expect(said, "git", "archive", "--output=" + archive, commit);
        expect(said, "tar", "-xf", archive.toString(), "-C", beside.toString());
        Files.delete(archive);
        expect(
                said,
                "mvn",
                "-B",
                "-q",
                "-f",
                beside.resolve("pom.xml").toString(),
                "-pl",
                "core,server",
                "-DskipTests",
                "package");
        try {
            Files.move(beside, folder);
        } catch (FileAlreadyExistsException | java.nio.file.DirectoryNotEmptyException e) {
            // Another run has built the same meanwhile.
            GateProcess.delete(beside);
        }
    }

    private static void expect(Path said, String... command)
            throws IOException, InterruptedException {
        if (run(said, command) != 0) {
            throw new IllegalStateException(
                    "the last release is not built: "
                            + String.join(" ", command)
                            + "\n"
                            + Files.readString(said));
        }
    }

    private static int run(Path said, String... command) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(new ArrayList<>(List.of(command)))
                        .directory(GateProcess.repository().toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(said.toFile()));
        builder.environment().putAll(Map.of("JAVA_HOME", System.getProperty("java.home")));
        return builder.start().waitFor();
    }
}
