package dev.monban.server.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.core.watch.FindingKind;
import dev.monban.core.watch.Reason;
import dev.monban.server.audit.EventKind;
import dev.monban.server.declare.JsonSchema;
import dev.monban.server.declare.StateReader;
import dev.monban.server.oidc.RefusalCause;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Texts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The repository holds itself to its own rules. */
class RepositoryTest {

    private static final int LONGEST_FILE_LINES = 500;

    @Test
    void everyPackageSaysWhatItIs() {
        Set<Path> packages = java(Repository.files("core/src/main", ".java"), "server/src/main");
        List<Path> silent =
                packages.stream()
                        .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
                        .toList();
        assertEquals(List.of(), silent);
    }

    @Test
    void noFileIsLongerThanOneIdea() {
        List<String> tooLong = new ArrayList<>();
        for (String room : List.of("core", "server", "acceptance")) {
            for (Path file : Repository.files(room, ".java")) {
                long lines = Repository.read(file).lines().count();
                if (lines > LONGEST_FILE_LINES) {
                    tooLong.add(file.getFileName() + ": " + lines);
                }
            }
        }
        assertEquals(List.of(), tooLong);
    }

    /** The vault remembers a key for each: none is made of what comes from outside. */
    @Test
    void everyPurposeOfTheVaultIsAConstantOfItsOwn() {
        Pattern made = Pattern.compile("Purpose\\s*\\.of(?:Subject)?\\(");
        Pattern constant =
                Pattern.compile(
                        "static final Purpose(\\.OfSubject)? [A-Z_]+ =\\s*"
                                + "Purpose\\.of(?:Subject)?\\(\\s*\"([^\"]+)\"\\);");
        List<String> names = new ArrayList<>();
        List<String> ofSubjects = new ArrayList<>();
        for (Path file : Repository.files("server/src/main", ".java")) {
            String source = Repository.read(file);
            int constants = 0;
            for (Matcher one = constant.matcher(source); one.find(); constants++) {
                (one.group(1) == null ? names : ofSubjects).add(one.group(2));
            }
            assertEquals(made.matcher(source).results().count(), constants, file.toString());
        }
        assertTrue(names.size() > 10 && ofSubjects.size() >= 3, names + " " + ofSubjects);
        names.addAll(ofSubjects);
        assertEquals(names.size(), Set.copyOf(names).size(), names.toString());
        for (String ofSubject : ofSubjects) {
            assertEquals(
                    List.of(ofSubject),
                    names.stream().filter(name -> name.startsWith(ofSubject)).toList());
        }
    }

    @Test
    void bothLanguagesSayTheSame() {
        Map<String, String> japanese = Texts.in(Language.JA).all();
        Map<String, String> english = Texts.in(Language.EN).all();
        assertEquals(new TreeSet<>(japanese.keySet()), new TreeSet<>(english.keySet()));
        japanese.forEach((key, text) ->
                assertEquals(placeholders(text), placeholders(english.getOrDefault(key, "")), key));
    }

    @Test
    void everyTextIsUsedAndEveryTextUsedIsThere() {
        String sources =
                Repository.files("server/src/main", ".jte").stream()
                                .map(Repository::read)
                                .collect(Collectors.joining("\n"))
                        + Repository.files("server/src/main", ".java").stream()
                                .map(Repository::read)
                                .collect(Collectors.joining("\n"));
        Set<String> keys = Texts.in(Language.JA).all().keySet();
        Matcher used =
                Pattern.compile("(?:page\\.text|texts\\.get)\\(\"([a-z_.]+[a-z_])\"")
                        .matcher(sources);
        while (used.find()) {
            assertTrue(keys.contains(used.group(1)), "no text " + used.group(1));
        }
        List<String> composed =
                List.of(
                        "scope.",
                        "device.",
                        "problem.",
                        "login.why.",
                        "finding.",
                        "reason.",
                        "alert.campaign.",
                        "console.by.",
                        "act.",
                        "code.lead.",
                        "level.now.",
                        "account.last.",
                        "password.strength.",
                        "invite.fault.",
                        "language.",
                        "mail.invitation.",
                        "role.",
                        "level.soon.",
                        "code.help.",
                        "code.wrong.help.",
                        "notice.",
                        "password.fault.",
                        "password.why.",
                        "verdict.",
                        "step.",
                        "why.",
                        "client.cause.",
                        "client.fact.",
                        "organisation.fault.",
                        "funnel.hours.",
                        "cause.",
                        "rejection.",
                        "near.",
                        "desk.closed.",
                        "desk.help.",
                        "desk.advice.",
                        "desk.refusal.",
                        "desk.said.",
                        "desk.step.",
                        "desk.taken.",
                        "desk.told.",
                        "alert.case.",
                        "outcome.");
        List<String> unused =
                keys.stream()
                        .filter(key -> !sources.contains("\"" + key + "\""))
                        .filter(key -> composed.stream().noneMatch(key::startsWith))
                        .sorted()
                        .toList();
        assertEquals(List.of(), unused);
    }

    /** What a later release has written is a value for this one, in every store. */
    @Test
    void noStoreTakesAnUnknownCodeForAnError() {
        Pattern demanded =
                Pattern.compile(
                        "(?:of(?:Code|Acr)|Codes\\s*\\.find)\\s*\\([^;]*?\\)\\s*\\.(?:orElseThrow|get)\\(");
        List<String> found = new ArrayList<>();
        for (Path file : Repository.files("server/src/main/java", "Store.java")) {
            if (demanded.matcher(Repository.read(file)).find()) {
                found.add(file.getFileName().toString());
            }
        }
        assertEquals(List.of(), found);
    }

    /** A text for each code that a later release may store: the code itself where there is none. */
    @Test
    void noTextIsDemandedOfAStoredCode() {
        Pattern demanded =
                Pattern.compile(
                        "(?:page\\s*\\.text|\\.get)\\(\\s*\"(?:cause|desk\\.closed)\\.\" \\+");
        List<String> found = new ArrayList<>();
        for (String ending : List.of(".java", ".jte")) {
            for (Path file : Repository.files("server/src/main", ending)) {
                if (demanded.matcher(Repository.read(file)).find()) {
                    found.add(file.getFileName().toString());
                }
            }
        }
        assertEquals(List.of(), found);
    }

    @Test
    void everyProblemHasItsWords() {
        String sources =
                Repository.files("server/src/main", ".java").stream()
                        .map(Repository::read)
                        .collect(Collectors.joining("\n"));
        Matcher codes =
                Pattern.compile("new (?:Problem\\(\\s*\\d+,|Untrusted\\()\\s*\"([a-z_]+)\"")
                        .matcher(sources);
        Set<String> keys = Texts.in(Language.JA).all().keySet();
        while (codes.find()) {
            if (!codes.group(1).equals("failed")) {
                assertTrue(keys.contains("problem." + codes.group(1) + ".title"), codes.group(1));
                assertTrue(keys.contains("problem." + codes.group(1) + ".text"), codes.group(1));
            }
        }
    }

    @Test
    void everyReasonAndEveryFindingHasItsPageAndItsWords() {
        Set<String> keys = Texts.in(Language.JA).all().keySet();
        List<String> codes =
                new ArrayList<>(Arrays.stream(Reason.values()).map(Reason::code).toList());
        for (FindingKind kind : FindingKind.values()) {
            codes.add(kind.code());
            assertTrue(keys.contains("finding." + kind.code() + ".title"), kind.code());
            assertTrue(keys.contains("finding." + kind.code() + ".todo"), kind.code());
        }
        for (Reason reason : Reason.values()) {
            assertTrue(keys.contains("reason." + reason.code()), reason.code());
        }
        String index = Repository.read(Repository.root().resolve("docs/watch.md"));
        for (String code : codes) {
            String page = Repository.read(Repository.root().resolve("docs/watch/" + code + ".md"));
            assertTrue(page.contains("`" + code + "`"), code);
            assertTrue(index.contains("(watch/" + code + ".md)"), code);
        }
        assertEquals(
                codes.stream().map(code -> "docs/watch/" + code + ".md").sorted().toList(),
                Repository.files("docs/watch", ".md").stream()
                        .map(file -> Repository.root().relativize(file).toString())
                        .sorted()
                        .toList());
    }

    @Test
    void theSchemaIsTheOneThatIsChecked() {
        assertEquals(
                JsonSchema.text(),
                Repository.read(Repository.root().resolve("monban.schema.json")),
                "stale: write JsonSchema.text() to monban.schema.json");
    }

    @Test
    void theExampleIsGood() {
        var state =
                StateReader.read(
                        Repository.root().resolve("monban.yaml"),
                        name -> Optional.of("a-value-for-" + name));
        assertTrue(!state.clients().isEmpty());
    }

    @Test
    void everyEventIsInTheCatalogue() {
        String catalogue = Repository.read(Repository.root().resolve("docs/events.md"));
        for (EventKind kind : EventKind.values()) {
            assertTrue(catalogue.contains("| `" + kind.code() + "` |"), kind.code());
        }
        long rows = catalogue.lines().filter(line -> line.startsWith("| `")).count();
        assertEquals(EventKind.values().length, rows);
    }

    @Test
    void everyCauseOfARefusalHasItsLineAndItsWords() {
        String page = Repository.read(Repository.root().resolve("docs/refusals.md"));
        Set<String> keys = Texts.in(Language.JA).all().keySet();
        for (RefusalCause cause : RefusalCause.values()) {
            assertTrue(page.contains("| `" + cause.code() + "` |"), cause.code());
            assertTrue(keys.contains("client.cause." + cause.code()), cause.code());
        }
        long rows = page.lines().filter(line -> line.startsWith("| `")).count();
        assertEquals(RefusalCause.values().length, rows);
    }

    @Test
    void everyLinkInTheDocumentsLeadsSomewhere() {
        List<Path> documents = new ArrayList<>(Repository.files("docs", ".md"));
        for (String name :
                List.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md")) {
            documents.add(Repository.root().resolve(name));
        }
        Pattern link = Pattern.compile("\\]\\((?!https?:|#|mailto:)([^)#\\s]+)");
        for (Path document : documents) {
            Matcher links = link.matcher(Repository.read(document));
            while (links.find()) {
                Path parent = document.getParent();
                assertTrue(
                        parent != null && Files.exists(parent.resolve(links.group(1))),
                        document.getFileName() + " points to " + links.group(1));
            }
        }
    }

    private static Set<String> placeholders(String text) {
        return Pattern.compile("\\{\\d}")
                .matcher(text)
                .results()
                .map(result -> result.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<Path> java(List<Path> files, String more) {
        Set<Path> folders = new TreeSet<>();
        files.forEach(file -> folders.add(file.getParent()));
        Repository.files(more, ".java").forEach(file -> folders.add(file.getParent()));
        folders.removeIf(folder -> folder.endsWith("java"));
        return folders;
    }
}
