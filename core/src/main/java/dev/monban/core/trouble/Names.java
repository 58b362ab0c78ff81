package dev.monban.core.trouble;

/** Login names that are nearly the same. */
public final class Names {

    /** So many letters are a slip. */
    private static final int SLIP = 2;

    private Names() {}

    /** Whether one is the other but for a slip. */
    public static boolean isSlip(String a, String b) {
        return distance(a, b) <= SLIP;
    }

    /**
     * Whether it is a login name beyond doubt: of the same domain as this one, but for a slip. A
     * password that went into the wrong field is none.
     */
    public static boolean isLike(String typed, String name) {
        int at = typed.lastIndexOf('@');
        return at > 0
                && isSlip(typed.substring(at), name.substring(Math.max(0, name.lastIndexOf('@'))));
    }

    /**
     * How many letters differ, are missing, too many, or have changed places; one more than a slip
     * where the lengths show that it is none.
     */
    public static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > SLIP) {
            return SLIP + 1;
        }
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] =
                        Math.min(
                                Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1), d[i - 1][j - 1] + same);
                if (i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
