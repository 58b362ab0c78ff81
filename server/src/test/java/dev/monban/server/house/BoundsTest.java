package dev.monban.server.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Whatever holds what comes from outside says what bounds it. */
class BoundsTest {

    /** A field that holds a collection; those of types that cannot grow are none. */
    private static final Pattern FIELD =
            Pattern.compile(
                    "^ {4,8}(?:(?:private|protected|public|static|volatile) )+(?:final )?"
                            + "(?:[A-Za-z]*(?:Map|Set|List|Queue|Deque)|Cache|LoadingCache)<.*> (\\w+)"
                            + "(?:;| = *(.*))$",
                    Pattern.MULTILINE);

    private static final Pattern FIXED =
            Pattern.compile("(?s)(?:Map|Set|List)\\.(?:of|ofEntries|copyOf)\\(.*|new EnumMap.*");

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+\\.\\w+)` \\| (.+) \\|$");

    @Test
    void everyCollectionInAFieldIsListedWithItsBound() {
        Set<String> fields = new TreeSet<>();
        for (Path file : Repository.files("server/src/main/java", ".java")) {
            fields(file, Repository.read(file), fields);
        }
        Set<String> listed = new TreeSet<>();
        String document = Repository.read(Repository.root().resolve("docs/limits.md"));
        Matcher rows = ROW.matcher(document.substring(document.indexOf("kept in memory")));
        while (rows.find()) {
            assertTrue(listed.add(rows.group(1)), rows.group(1) + " is listed twice");
        }
        assertTrue(fields.size() > 30, "only " + fields.size() + " fields were found");
        assertEquals(fields, listed, "write what bounds it into docs/limits.md");
    }

    @Test
    void theRuleFindsWhatItIsFor() {
        Set<String> found = new TreeSet<>();
        fields(
                Path.of("Guard.java"),
                """
                final class Guard {
                    private final Map<String, Long> seen = new ConcurrentHashMap<>();
                    private static final Set<String> NAMES = Set.of("a");
                    private final Cache<String, Boolean> gone =
                            Caffeine.newBuilder().build();
                    private final List<String> waiting;
                    void run() {
                        final Map<String, String> local = new HashMap<>();
                    }
                }
                """,
                found);
        assertEquals(Set.of("Guard.gone", "Guard.seen", "Guard.waiting"), found);
    }

    private static void fields(Path file, String source, Set<String> found) {
        String name = String.valueOf(file.getFileName()).replace(".java", "");
        Matcher matcher = FIELD.matcher(source);
        while (matcher.find()) {
            String line = matcher.group().strip();
            String value = source.substring(matcher.end(1)).replaceFirst("^ =\\s*", "");
            boolean isConstant = line.contains("static final");
            if (!isConstant && !FIXED.matcher(value).lookingAt()) {
                found.add(name + "." + matcher.group(1));
            }
        }
    }
}
