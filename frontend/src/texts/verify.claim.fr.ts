/** French words of a consumption claim on the screen Verify. */
import type { VerifyClaimTexts } from "./verify.claim.en.js";

export const verifyClaimFr: VerifyClaimTexts = {
  paper: "Vous venez d’une déclaration sur papier",
  paperText:
    "Ouvrez le fichier de données remis avec elle : cette page dit si c’est bien ce fichier-là, et s’il est juste.",
  paperPrint: "Empreinte sur le papier",
  title: (month, participant) => `Déclaration de ${month}, point de mesure ${participant}`,
  community: "Communauté",
  certificateKind: "Repose sur",
  kinds: {
    community_certificate: "les certificats propres à la communauté",
    guarantee_of_origin: "des garanties d’origine",
  },
  used: "Consommé",
  matched: "Couvert dans le même pas de temps",
  ownUse: "Produit et consommé sur place",
  bought: "Acheté aux voisins",
  cancelled: "Certificats utilisés par des déclarations",
  uncertified: "Local sans certificat, non déclaré",
  verdicts: { unproved: "Rien n’est faux dans cette déclaration", broken: "Cette déclaration n’est pas juste" },
  verdictTexts: {
    unproved:
      "Ses sommes sont justes et aucun Wh n’est déclaré deux fois. Ce sur quoi elle repose, ses fichiers de preuve et le réseau le montrent.",
    broken: "Une ligne ne tient pas. Ne vous fiez pas à cette déclaration.",
  },
  linesTitle: "Ce qui a été vérifié",
  proofs: (count) =>
    count === 1 ? "Un fichier de preuve lui appartient." : `${count} fichiers de preuve lui appartiennent.`,
  proof: "Vérifier qu’un fichier en fait partie",
  proofIs: "Ce fichier appartient à la déclaration. Ouvrez-le seul pour le vérifier.",
  proofIsNot: "Ce fichier n’appartient pas à la déclaration.",
  lines: {
    print: {
      title: "L’empreinte du papier",
      ok: () => "Le papier désigne bien ce fichier.",
      reasons: {
        no_paper: (v) => `À comparer avec le papier : ${v["found"] ?? ""}`,
        differs: () => "Le papier désigne un autre fichier.",
      },
    },
    month: {
      title: "Les pas de temps du mois",
      ok: (v) => `Tous les ${v["found"] ?? ""} ; ${v["unread"] ?? 0} sans relevé, ${v["waiting"] ?? 0} non soldés.`,
      reasons: {
        interval: (v, f) => `Un pas de temps se trouve là où aucun ne peut être : ${f.time(v["at"])}.`,
        expected: (v) => `La période compte ${v["expected"] ?? ""} pas de temps, le fichier dit ${v["found"] ?? ""}.`,
        differs: (v) => `Sur ${v["expected"] ?? ""} pas de temps, le fichier en explique ${v["found"] ?? ""}.`,
      },
    },
    used: {
      title: "Pas plus que ce qui a été consommé",
      ok: () => "À chaque pas de temps, et rien face à une estimation.",
      reasons: {
        too_much: (v, f) => `Plus est déclaré que consommé : ${f.time(v["at"])}.`,
        estimated: (v, f) => `Déclaré face à un relevé estimé : ${f.time(v["at"])}.`,
        uses: (v, f) => `Ses certificats font ${f.wh(v["expected"])} : ${f.time(v["at"])}.`,
      },
    },
    once: {
      title: "Chaque certificat une fois, dans son propre pas de temps",
      ok: () => "Aucun n’est déclaré deux fois dans ce fichier, aucun hors du pas de temps de sa production.",
      reasons: {
        twice: (v) =>
          `Le certificat ${v["certificate"] ?? ""} de la déclaration ${v["statement"] ?? ""} y est deux fois.`,
        other_interval: (v) => `Le certificat ${v["certificate"] ?? ""} a été produit à un autre moment.`,
      },
    },
    periods: {
      title: "Périodes de déclaration",
      ok: () => "Chaque déclaration d’utilisation couvre les pas de temps où elle sert.",
      reasons: {
        unknown: (v) => `La déclaration ${v["statement"] ?? ""} sert sans être listée.`,
        excluded: (v) => `La déclaration ${v["statement"] ?? ""} est dite écartée, et sert pourtant.`,
        outside: (v, f) => `La déclaration ${v["statement"] ?? ""} ne couvre pas ${f.time(v["at"])}.`,
      },
    },
    statements: {
      title: "Déclarations d’utilisation",
      ok: (v) => `Ce qui est pris de chacune s’additionne (${v["found"] ?? 0}).`,
      reasons: {
        differs: (v, f) =>
          `Déclaration ${v["statement"] ?? ""} : ${f.wh(v["expected"])} servent, le fichier dit ${f.wh(v["found"])}.`,
        twice: () => "L’une est listée deux fois.",
      },
    },
    days: {
      title: "Jours",
      ok: (v) => `Chacun des ${v["found"] ?? ""} est la somme de ses pas de temps.`,
      reasons: {
        other_days: () => "Les jours ne sont pas ceux des pas de temps.",
        differs: (v) => `Le ${v["day"] ?? ""} n’est pas la somme de ses pas de temps.`,
      },
    },
    total: {
      title: "Le mois entier",
      ok: (v, f) => `${f.wh(v["matched"])} sur ${f.wh(v["consumption"])} : la somme de ses pas de temps.`,
      reasons: { differs: () => "Ce n’est pas la somme de ses pas de temps." },
    },
    on_chain: {
      title: "Sur le réseau de la communauté",
      ok: () => "",
      reasons: {
        file_alone: () =>
          "Un fichier seul ne peut pas prouver que relevés et déclarations sont ceux du réseau : les fichiers de preuve, si.",
      },
    },
  },
};
