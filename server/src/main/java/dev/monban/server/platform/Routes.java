package dev.monban.server.platform;

/** Where features hang their handlers. */
public interface Routes {

    /**
     * Answers requests of this method at this path. A path that ends in a slash and a star matches
     * whatever begins with it.
     */
    Routes on(String method, String path, Handler handler);

    default Routes get(String path, Handler handler) {
        return on("GET", path, handler);
    }

    default Routes post(String path, Handler handler) {
        return on("POST", path, handler);
    }
}
