package dev.monban.server.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * An IPv6 source has as many addresses as it likes: where something is counted or remembered for a
 * source, its /64 is the key ({@code SourceNetwork}, {@code SourceKey}).
 */
class SourcesTest {

    /**
     * Calls that count, hold or remember by a key, with a bare address in it; not where it is the
     * value of a key ADDRESS.
     */
    private static final Pattern KEYED =
            Pattern.compile(
                    "\\b(count|within|pass|occupy|merge|compute\\w*|containsKey|contains|add|put\\w*"
                            + "|require)\\((?!\\s*[\\w.]*ADDRESS\\w*,)(?:[^;{}()]|\\(\\))*\\baddress\\(\\)");

    /** Comparing addresses as they are, where a source is meant. */
    private static final Pattern COMPARED = Pattern.compile("\\.address\\(\\)\\s*\\.equals\\(");

    @Test
    void nothingIsKeyedByABareAddress() throws IOException {
        List<String> found = new ArrayList<>();
        for (String room : List.of("core", "server")) {
            try (Stream<Path> files =
                    Files.walk(Repository.root().resolve(room + "/src/main/java"))) {
                for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                    String name = file.getFileName().toString();
                    found.addAll(keyed(name, Files.readString(file)));
                }
            }
        }
        assertEquals(List.of(), found);
    }

    @Test
    void theRuleSeesWhatItIsFor() {
        for (String bad :
                List.of(
                        "limit.count(request.address());",
                        "gate.pass(name, visitor.address(), () -> 1);",
                        "addresses.contains(t.address())",
                        "counts.merge(a.address(), 1, Integer::sum);",
                        "then.address().equals(now.address())")) {
            assertEquals(1, keyed("X", bad).size(), bad);
        }
        assertTrue(keyed("X", "addresses.add(SourceNetwork.of(entry.address()));").isEmpty());
    }

    private static List<String> keyed(String name, String text) {
        List<String> found = new ArrayList<>();
        for (Pattern pattern : List.of(KEYED, COMPARED)) {
            Matcher matcher = pattern.matcher(text);
            while (matcher.find()) {
                found.add(name + ": " + matcher.group().replaceAll("\\s+", " "));
            }
        }
        return found;
    }
}
