package dev.monban.acceptance;

/** The gate that most tests share, and who and what is declared in it. */
final class House {

    static final String SATO = "sato@yamada.example";
    static final String SATO_PASSWORD = "hana-to-mizu-7";
    static final String JONES = "jones@sakura.example";
    static final String JONES_PASSWORD = "quiet-river-8";

    /** Somebody of an organisation that wants two factors. */
    static final String STRICT = "strict@tsubaki.example";

    static final String STRICT_PASSWORD = "camellia-in-snow-9";
    static final String DISABLED = "gone@sakura.example";
    static final String SECRET = "a-secret-for-the-tests";
    static final String CALLBACK = "http://localhost:4711/callback";
    static final String HOME = "http://localhost:4711/";

    /** The public half of a key that openid-client signs its assertions with. */
    static final String ASSERTION_KEY =
            "{keys: [{kty: EC, crv: P-256, alg: ES256, kid: assertion,"
                    + " x: \"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                    + " y: \"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}";

    /** Where a relying party of the tests listens for logout tokens. */
    static final Listener LISTENER = Listener.start();

    private static final String STATE =
            """
            issuer: ISSUER
            outgoing: {allow: [localhost, 127.0.0.1]}
            tenants:
              - {id: yamada, name: 山田保険事務所}
              - {id: sakura, name: さくら保険サービス}
              - {id: tsubaki, name: つばき保険, require: [{level: aal2}]}
            accounts:
              - identifier: SATO
                tenant: yamada
                name: 佐藤 結衣
                givenName: 結衣
                familyName: 佐藤
                password: {plain: SATO_PASSWORD}
                roles: [agent]
              - identifier: JONES
                tenant: sakura
                name: Megan Jones
                language: en
                password: {plain: JONES_PASSWORD}
              - identifier: long@sakura.example
                tenant: sakura
                name: 髙﨑 アレクサンドリア・マリアンヌ・クリスティーナ・フォン・ホーエンツォレルン＝ジグマリンゲン
                password: {plain: a-long-name-9}
              - identifier: STRICT
                tenant: tsubaki
                name: 椿 司
                password: {plain: STRICT_PASSWORD}
              - identifier: DISABLED
                tenant: sakura
                name: 退職 者
                password: {plain: a-disabled-one-1}
                disabled: true
            clients:
              - id: crm
                name: 顧客管理
                redirectUris: ["CALLBACK", "http://127.0.0.1/native"]
                postLogoutRedirectUris: ["HOME"]
                backChannelLogoutUri: LISTENER
                secret: {plain: SECRET}
                grants: [authorization_code, refresh_token, client_credentials]
                scopes: [openid, profile, email, offline_access, "crm:read"]
              - id: partner
                name: 外部パートナー
                thirdParty: true
                redirectUris: ["CALLBACK"]
                secret: {plain: SECRET}
                grants: [authorization_code, refresh_token]
                scopes: [openid, profile, email, offline_access]
              - id: spa
                name: Web App
                redirectUris: ["CALLBACK"]
                grants: [authorization_code, refresh_token]
                scopes: [openid, profile, email, offline_access]
                origins: ["http://localhost:4711"]
                signingAlgorithm: EdDSA
              - id: opaque
                name: Opaque
                redirectUris: ["CALLBACK"]
                secret: {plain: SECRET}
                grants: [authorization_code, refresh_token]
                scopes: [openid, profile, email]
                accessTokenFormat: opaque
                signingAlgorithm: RS256
                userInfoSigningAlgorithm: RS256
              - id: machine
                name: Machine
                grants: [client_credentials, authorization_code]
                redirectUris: ["CALLBACK"]
                scopes: ["crm:read", openid]
                jwks: KEY
              - id: tv
                name: 店頭ディスプレイ
                grants: [device_code, refresh_token]
                scopes: [openid, profile, offline_access]
              - id: bound
                name: Bound
                redirectUris: ["CALLBACK"]
                grants: [authorization_code, refresh_token]
                scopes: [openid, profile]
                dpopRequired: true
              - id: pusher
                name: Pusher
                redirectUris: ["CALLBACK"]
                secret: {plain: SECRET}
                grants: [authorization_code]
                scopes: [openid]
                parRequired: true
              - id: plain
                name: Load Balancer
                redirectUris: ["CALLBACK"]
                secret: {plain: SECRET}
                grants: [authorization_code, refresh_token]
                scopes: [openid, profile, email, offline_access]
                pkce: optional
              - id: certified
                name: Certification
                redirectUris: ["CALLBACK"]
                secret: {plain: SECRET}
                grants: [authorization_code, refresh_token]
                scopes: [openid, profile, email, offline_access]
                signingAlgorithm: RS256
                pkce: optional
              - id: narrow
                name: Narrow
                redirectUris: ["CALLBACK"]
                secret: {plain: SECRET}
                grants: [authorization_code]
                scopes: [openid]
            """
                    .replace("STRICT_PASSWORD", STRICT_PASSWORD)
                    .replace("STRICT", STRICT)
                    .replace("SATO_PASSWORD", SATO_PASSWORD)
                    .replace("JONES_PASSWORD", JONES_PASSWORD)
                    .replace("SATO", SATO)
                    .replace("JONES", JONES)
                    .replace("DISABLED", DISABLED)
                    .replace("CALLBACK", CALLBACK)
                    .replace("HOME", HOME)
                    .replace("LISTENER", LISTENER.address())
                    .replace("SECRET", SECRET)
                    .replace("KEY", ASSERTION_KEY);

    /** Started by the first test that asks for it: many have a gate of their own. */
    private static final class Shared {
        static final GateProcess GATE = shared();
    }

    private House() {}

    /** The shared gate; tests come in thousands, so one source may do more than an office does. */
    static GateProcess gate() {
        return Shared.GATE;
    }

    /** Who and what is declared in it; ISSUER stands for the issuer. */
    static String state() {
        return STATE;
    }

    /** A gate of one's own, to be stopped and killed. */
    static GateProcess own(String... more) {
        return GateProcess.start(STATE, more);
    }

    /** A gate of one's own whose people come through a proxy at that address. */
    static GateProcess behind(String issuer, String... more) {
        return GateProcess.start(STATE.replace("ISSUER", issuer), more);
    }

    private static GateProcess shared() {
        GateProcess gate = GateProcess.start(STATE, "--source-rate", "5000");
        Runtime.getRuntime().addShutdownHook(new Thread(gate::close));
        return gate;
    }
}
