package dev.monban.server.platform;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a listener answers at: written while wiring, read by each request. */
final class RouteTable {

    /**
     * A handler in its place.
     *
     * @param unlimited the reason why its requests do not count for their source; empty where they
     *     do
     */
    record Mounted(Handler handler, String unlimited) {}

    private final Map<String, Map<String, Mounted>> paths = new LinkedHashMap<>();

    /**
     * @throws IllegalStateException where the method has a handler at this path already
     */
    void put(String method, String path, Mounted mounted) {
        Mounted other =
                paths.computeIfAbsent(path, p -> new LinkedHashMap<>())
                        .putIfAbsent(method, mounted);
        if (other != null) {
            throw new IllegalStateException(method + " " + path + " is answered already");
        }
    }

    /** By method; empty where there is nothing at this path. */
    Map<String, Mounted> at(String path) {
        return paths.getOrDefault(path, Map.of());
    }

    /** All, in the order in which their paths were mounted. */
    List<HttpServer.Route> routes() {
        return paths.entrySet().stream()
                .flatMap(path ->
                        path.getValue().entrySet().stream()
                                .map(method ->
                                        new HttpServer.Route(
                                                method.getKey(),
                                                path.getKey(),
                                                method.getValue().unlimited())))
                .toList();
    }
}
