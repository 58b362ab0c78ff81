/**
 * Decides: pure functions over plain values. Sees nothing but {@code java.base}; no SQL, no HTTP,
 * no clock, no chance, no files.
 */
module dev.monban.core {
    requires static transitive org.jspecify;

    exports dev.monban.core.authorize;
    exports dev.monban.core.code;
    exports dev.monban.core.factor;
    exports dev.monban.core.password;
    exports dev.monban.core.trouble;
    exports dev.monban.core.watch;
}
