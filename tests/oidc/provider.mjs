// The certified OpenID provider with its own login pages, in memory. One line of JSON on standard input says how:
// { port, keys, clients }. Whoever signs in as NAME has the subject "s-NAME" and is called NAME; a name that ends in
// "+otp" gave a second factor.
import { createInterface } from "node:readline";
import Provider from "oidc-provider";

const { port, keys, clients } = JSON.parse((await createInterface({ input: process.stdin })[Symbol.asyncIterator]().next()).value);

const provider = new Provider(`http://localhost:${port}`, {
  jwks: { keys },
  clients: clients.map((client) => ({
    grant_types: ["authorization_code"],
    response_types: ["code"],
    token_endpoint_auth_method: "client_secret_basic",
    id_token_signed_response_alg: "ES256",
    ...client,
  })),
  findAccount: (context, id) => ({
    accountId: id,
    claims: () => ({
      sub: `s-${id}`,
      preferred_username: id.replace("+otp", ""),
    }),
  }),
  claims: { openid: ["sub", "amr"], profile: ["preferred_username"] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  cookies: { keys: ["of one test"] },
});

const finished = provider.interactionFinished.bind(provider);
provider.interactionFinished = (request, response, result, options) => {
  const amr = result.login?.accountId.endsWith("+otp") ? ["pwd", "otp"] : ["pwd"];
  return finished(request, response, result.login ? { ...result, login: { ...result.login, amr } } : result, options);
};

provider.listen(port, "127.0.0.1", () => console.log("ready"));
