package dev.monban.server.oidc;

import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.openid.connect.sdk.OIDCClaimsRequest;
import com.nimbusds.openid.connect.sdk.claims.ClaimsSetRequest;
import dev.monban.server.account.Account;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What clients may know of a person: by scope, and by the parameter {@code claims}. */
public final class Claims {

    public static final String OPENID = "openid";
    public static final String PROFILE = "profile";
    public static final String EMAIL = "email";
    public static final String OFFLINE_ACCESS = "offline_access";

    /** The scopes that there are, in the order in which pages list them. */
    public static final List<String> SCOPES = List.of(OPENID, PROFILE, EMAIL, OFFLINE_ACCESS);

    /** OpenID Connect Core 1.0, section 5.4. */
    private static final List<String> OF_PROFILE =
            List.of("name", "preferred_username", "locale", "updated_at");

    private static final List<String> OF_EMAIL = List.of("email", "email_verified");

    private Claims() {}

    /** Where claims are delivered. */
    public enum Place {
        ID_TOKEN,
        USER_INFO
    }

    /**
     * The claims about this person, besides {@code sub}. Scopes deliver at the userinfo endpoint; a
     * claim asked for by name is delivered where it was asked for, if a scope covers it (section
     * 5.5).
     */
    public static Map<String, Object> about(
            Account account, List<String> scopes, @Nullable String claimsRequest, Place place) {
        Set<String> covered = new LinkedHashSet<>();
        if (scopes.contains(PROFILE)) {
            covered.addAll(OF_PROFILE);
        }
        if (scopes.contains(EMAIL)) {
            covered.addAll(OF_EMAIL);
        }
        Set<String> wanted =
                place == Place.USER_INFO ? new LinkedHashSet<>(covered) : new LinkedHashSet<>();
        wanted.addAll(asked(claimsRequest, place));
        wanted.retainAll(covered);
        Map<String, Object> claims = new LinkedHashMap<>();
        for (String name : wanted) {
            Object value = value(account, name);
            if (value != null) {
                claims.put(name, value);
            }
        }
        return claims;
    }

    /** All claims that Monban can give, for the discovery document. */
    public static List<String> all() {
        return List.of(
                "sub",
                "auth_time",
                "acr",
                "amr",
                "name",
                "preferred_username",
                "locale",
                "updated_at",
                "email",
                "email_verified");
    }

    private static @Nullable Object value(Account account, String name) {
        return switch (name) {
            case "name" -> account.name();
            case "preferred_username" -> account.identifier();
            case "locale" -> account.language().tag();
            case "updated_at" -> account.changedAt().getEpochSecond();
            case "email" -> account.email();
            case "email_verified" -> account.email() == null ? null : account.emailVerified();
            default -> null;
        };
    }

    private static Set<String> asked(@Nullable String claimsRequest, Place place) {
        if (claimsRequest == null) {
            return Set.of();
        }
        try {
            OIDCClaimsRequest request = OIDCClaimsRequest.parse(claimsRequest);
            ClaimsSetRequest set =
                    place == Place.ID_TOKEN
                            ? request.getIDTokenClaimsRequest()
                            : request.getUserInfoClaimsRequest();
            return set == null ? Set.of() : set.getClaimNames(false);
        } catch (ParseException e) {
            throw new IllegalStateException("the request was checked when it came", e);
        }
    }
}
