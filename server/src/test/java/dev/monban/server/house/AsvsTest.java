package dev.monban.server.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** docs/asvs.md says of each requirement whether it is met, and by which test. */
class AsvsTest {

    private static final int CHAPTERS = 17;
    private static final Pattern TEST =
            Pattern.compile("`([A-Z][A-Za-z]+Test)(?:[#.]([a-z]\\w*))?`");
    private static final Pattern LINK = Pattern.compile("\\]\\([^)]+\\)");

    private record Row(List<String> numbers, String verdict, String because) {}

    private static String page() {
        return Repository.read(Repository.root().resolve("docs/asvs.md"));
    }

    /** Each requirement of the standard with its level. */
    private static Map<String, Integer> levels() {
        try (InputStream list =
                Objects.requireNonNull(
                        AsvsTest.class.getResourceAsStream("/house/asvs-5.0.0.txt"))) {
            Map<String, Integer> levels = new TreeMap<>();
            for (String line :
                    new String(list.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
                if (!line.isEmpty() && !line.startsWith("#")) {
                    String[] words = line.split(" ", -1);
                    levels.put(words[0], Integer.valueOf(words[1]));
                }
            }
            return levels;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (String line : page().split("\n", -1)) {
            if (line.matches("\\| \\d.*")) {
                String[] cells = line.split("\\|", -1);
                assertEquals(6, cells.length, line);
                assertTrue(!cells[2].isBlank() && !cells[4].isBlank(), line);
                rows.add(
                        new Row(
                                List.of(cells[1].strip().split(", ", -1)),
                                cells[3].strip(),
                                cells[4].strip()));
            }
        }
        return rows;
    }

    /** The standard itself counts 70, 183 and 92. */
    @Test
    void theListIsTheStandards() {
        Map<Integer, Long> counts =
                levels().values().stream()
                        .collect(Collectors.groupingBy(level -> level, Collectors.counting()));
        assertEquals(Map.of(1, 70L, 2, 183L, 3, 92L), counts);
    }

    @Test
    void everyChapterAndEveryRequirementStandsThereOnce() {
        List<String> chapters =
                page().lines()
                        .filter(line -> line.startsWith("## "))
                        .map(line -> line.split(" ", -1)[1])
                        .toList();
        assertEquals(
                IntStream.rangeClosed(1, CHAPTERS).mapToObj(number -> "V" + number).toList(),
                chapters);
        Map<String, Integer> levels = levels();
        List<String> said = rows().stream().flatMap(row -> row.numbers().stream()).toList();
        assertEquals(said.size(), new TreeSet<>(said).size(), "none stands there twice");
        assertEquals(
                List.of(), said.stream().filter(number -> !levels.containsKey(number)).toList());
        assertEquals(
                List.of(),
                levels.keySet().stream()
                        .filter(number -> Objects.requireNonNull(levels.get(number)) < 3)
                        .filter(number -> !said.contains(number))
                        .toList());
    }

    /** A requirement stands in the chapter that it belongs to. */
    @Test
    void everyRequirementStandsInItsChapter() {
        String chapter = "";
        for (String line : page().split("\n", -1)) {
            if (line.startsWith("## ")) {
                chapter = line.split(" ", -1)[1];
            } else if (line.matches("\\| \\d.*")) {
                for (String number : line.split("\\|", -1)[1].strip().split(", ", -1)) {
                    assertEquals(chapter, "V" + number.split("\\.", -1)[0], line);
                }
            }
        }
    }

    @Test
    void whatIsMetIsShownByATestOrAPage() {
        for (Row row : rows()) {
            assertTrue(
                    List.of("met", "not met", "not applicable").contains(row.verdict()),
                    row.toString());
            if (row.verdict().equals("met")) {
                assertTrue(
                        TEST.matcher(row.because()).find() || LINK.matcher(row.because()).find(),
                        row.toString());
            }
        }
    }

    @Test
    void everyTestThatIsNamedExists() {
        Map<String, String> sources = new HashMap<>();
        for (String room : List.of("core/src/test", "server/src/test", "acceptance/src/test")) {
            for (Path file : Repository.files(room, "Test.java")) {
                // Two rooms may have a class of one name.
                sources.merge(
                        file.getFileName().toString().replace(".java", ""),
                        Repository.read(file),
                        String::concat);
            }
        }
        List<String> missing = new ArrayList<>();
        Matcher named = TEST.matcher(page());
        int count = 0;
        for (; named.find(); count++) {
            String source = sources.getOrDefault(named.group(1), "");
            String method = named.group(2);
            if (method == null) {
                if (source.isEmpty() || !named.group(1).equals("AsvsTest")) {
                    missing.add(named.group());
                }
                continue;
            }
            Pattern test =
                    Pattern.compile(
                            "@(?:Test|ParameterizedTest|FuzzTest)\\b(?:(?!\\bvoid\\b)[\\s\\S])*?\\bvoid "
                                    + method
                                    + "\\(");
            if (!test.matcher(source).find()) {
                missing.add(named.group());
            }
        }
        assertEquals(List.of(), missing);
        assertTrue(count > 100, "the page names tests");
    }
}
