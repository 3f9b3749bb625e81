import java.io.InputStream;
import java.nio.file.*;
import java.security.cert.*;
import java.util.*;

/** Asks java.security.cert about cases: folder, kind, policy or "-", whether revocation is checked. A line of answer each. */
class Judge {
  static Collection<? extends Certificate> certificates(Path file) throws Exception {
    if (!Files.exists(file) || Files.size(file) == 0) return List.of();
    try (InputStream in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in);
    }
  }

  static X509Certificate certificate(Path file) throws Exception {
    return (X509Certificate) certificates(file).iterator().next();
  }

  static Collection<? extends CRL> lists(Path file) throws Exception {
    if (!Files.exists(file) || Files.size(file) == 0) return List.of();
    try (InputStream in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCRLs(in);
    }
  }

  static PKIXBuilderParameters parameters(Path folder, X509Certificate target) throws Exception {
    X509CertSelector selector = new X509CertSelector();
    selector.setCertificate(target);
    PKIXBuilderParameters parameters = new PKIXBuilderParameters(Set.of(new TrustAnchor(certificate(folder.resolve("anchor.pem")), null)), selector);
    parameters.setPolicyQualifiersRejected(false);
    parameters.setRevocationEnabled(false);
    List<Object> store = new ArrayList<>(certificates(folder.resolve("bundle.pem")));
    store.add(target);
    store.addAll(lists(folder.resolve("crls.pem")));
    parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(store)));
    return parameters;
  }

  static void path(Path folder, String policy, boolean revocation) throws Exception {
    PKIXBuilderParameters parameters = parameters(folder, certificate(folder.resolve("target.pem")));
    if (!policy.equals("-")) {
      parameters.setInitialPolicies(Set.of(policy));
      parameters.setExplicitPolicyRequired(true);
    }
    CertPathBuilder builder = CertPathBuilder.getInstance("PKIX");
    if (revocation) {
      PKIXRevocationChecker checker = (PKIXRevocationChecker) builder.getRevocationChecker();
      checker.setOptions(EnumSet.of(PKIXRevocationChecker.Option.PREFER_CRLS, PKIXRevocationChecker.Option.NO_FALLBACK));
      parameters.addCertPathChecker(checker);
    }
    builder.build(parameters);
  }

  static void list(Path folder) throws Exception {
    X509CRL list = (X509CRL) lists(folder.resolve("list.pem")).iterator().next();
    list.verify(certificate(folder.resolve("anchor.pem")).getPublicKey());
  }

  static void ocsp(Path folder) throws Exception {
    X509Certificate target = certificate(folder.resolve("target.pem"));
    PKIXBuilderParameters parameters = parameters(folder, target);
    CertPathBuilder builder = CertPathBuilder.getInstance("PKIX");
    PKIXRevocationChecker checker = (PKIXRevocationChecker) builder.getRevocationChecker();
    checker.setOptions(EnumSet.of(PKIXRevocationChecker.Option.NO_FALLBACK));
    checker.setOcspResponses(Map.of(target, Files.readAllBytes(folder.resolve("response.der"))));
    parameters.addCertPathChecker(checker);
    builder.build(parameters);
  }

  static String wordsOf(Throwable fault) {
    Throwable cause = fault;
    while (cause.getCause() != null) cause = cause.getCause();
    String message = String.valueOf(cause.getMessage()).replaceAll("\\s+", " ");
    return message.substring(0, Math.min(200, message.length()));
  }

  public static void main(String[] args) throws Exception {
    for (String line : Files.readAllLines(Path.of(args[0]))) {
      String[] question = line.split("\t");
      Path folder = Path.of(question[0]);
      try {
        switch (question[1]) {
          case "path" -> path(folder, question[2], Boolean.parseBoolean(question[3]));
          case "list" -> list(folder);
          default -> ocsp(folder);
        }
        System.out.println("accepted\tOK");
      } catch (Exception fault) {
        System.out.println("refused\t" + wordsOf(fault));
      }
    }
  }
}
