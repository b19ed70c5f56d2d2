/** French words of signing in. */
import type { AccountTexts } from "./account.en.js";

export const accountFr: AccountTexts = {
  title: "Se connecter",
  lead: "Votre portefeuille est votre clé : il dit qui vous êtes et signe vos prix. Se connecter ne coûte rien et ne déplace pas d’argent.",
  wallets: "Portefeuilles de ce navigateur",
  none: "Aucun portefeuille dans ce navigateur",
  noneText:
    "Installez un portefeuille en extension du navigateur, par exemple MetaMask, ou ouvrez cette page dans le navigateur de votre application. Puis revenez ici.",
  connect: (name) => `Continuer avec ${name}`,
  connecting: (name) => `${name} vous demande de choisir un compte…`,
  signing: (name) => `${name} vous demande de vous connecter…`,
  signingHint: "Il affiche un texte de cette communauté. Pas de fenêtre ? Elle est peut-être derrière celle-ci.",
  done: (name) => (name ? `Bienvenue, ${name}.` : "Vous êtes connecté."),
  demo: "Portefeuilles de démonstration",
  demoText: "Pour essayer seulement : leurs clés sont publiques. Choisissez qui vous voulez être.",
  demoMore: "Tous les portefeuilles de démonstration",
  already: (account) => `Vous êtes connecté avec ${account}.`,
  goHome: "Aller à l’accueil",
  roles: {
    member: "Adhérent",
    operator: "Opérateur",
    metering_operator: "Opérateur de comptage",
    issuing_body: "Organisme émetteur",
    treasurer: "Trésorier",
    coach: "Coach vert",
    partner: "Partenaire",
    auditor: "Auditeur",
    keeper: "Gardien",
    third_party: "Tiers",
  },
};
