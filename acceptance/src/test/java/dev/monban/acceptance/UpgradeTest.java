package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What this release may write into a database that the last one reads. */
class UpgradeTest {

    /**
     * Constants that this release has and the last one lacks, where the last one never reads them
     * from the database, so that it cannot fail at one.
     */
    private static final Map<String, String> NEVER_READ_BACK =
            Map.of(
                    "dev.monban.server.audit.EventKind TOKEN_REFUSED",
                    "events are written; those that are read are asked for by their kinds");

    /**
     * Release 0.1.0 reads codes of the database by {@code Enum.valueOf}, and stands still at one
     * that it does not know. So no code is added before it is out of use.
     */
    @Test
    void noCodeWasAddedThatTheLastReleaseCannotRead() throws Exception {
        Map<String, Set<String>> before = constants(PreviousRelease.built().folder());
        Map<String, Set<String>> now = constants(GateProcess.repository());
        assertTrue(before.size() > 40, "only " + before.size() + " enumerations were found");
        Set<String> added = new TreeSet<>();
        before.forEach((type, known) -> {
            for (String constant : now.getOrDefault(type, Set.of())) {
                if (!known.contains(constant)) {
                    added.add(type + " " + constant);
                }
            }
        });
        added.removeAll(NEVER_READ_BACK.keySet());
        assertEquals(Set.of(), added);
    }

    /** The constants of each enumeration of a release that was built there. */
    private static Map<String, Set<String>> constants(Path repository) throws IOException {
        Path target = repository.resolve("server").resolve("target");
        List<URL> jars = new ArrayList<>();
        jars.add(target.resolve("monban-server.jar").toUri().toURL());
        List<Path> own = new ArrayList<>(List.of(target.resolve("monban-server.jar")));
        try (Stream<Path> libraries = Files.list(target.resolve("lib"))) {
            for (Path library : libraries.toList()) {
                jars.add(library.toUri().toURL());
                if (library.getFileName().toString().startsWith("monban-core")) {
                    own.add(library);
                }
            }
        }
        Map<String, Set<String>> all = new TreeMap<>();
        try (URLClassLoader loader =
                new URLClassLoader(
                        jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            for (Path jar : own) {
                try (JarFile file = new JarFile(jar.toFile())) {
                    for (var entry : file.stream().toList()) {
                        if (entry.getName().startsWith("dev/monban/")
                                && entry.getName().endsWith(".class")) {
                            put(all, loader, entry.getName());
                        }
                    }
                }
            }
        }
        return all;
    }

    private static void put(Map<String, Set<String>> all, ClassLoader loader, String entry) {
        String name = entry.replaceAll("\\.class$", "").replace('/', '.');
        try {
            Class<?> type = Class.forName(name, /* initialize= */ false, loader);
            if (type.isEnum()) {
                Set<String> names = new TreeSet<>();
                for (Field field : type.getDeclaredFields()) {
                    if (field.isEnumConstant()) {
                        names.add(field.getName());
                    }
                }
                all.put(name, names);
            }
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
