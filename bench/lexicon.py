"""The French words from which the benchmark's pages are made, and their inflections.

A few hundred stems and the regular rules of French give several thousand distinct forms, so that whatever an engine does
per distinct word (search, typography, accents, elision) meets a vocabulary of a realistic size.
"""

MASCULINE_NOUNS = """
accès accompagnement accord acte acquittement agrément allègement aménagement appel appui arbre arrêté article atelier
avantage avenir avertissement avis bail bâtiment barème bénéfice besoin bilan bordereau boisement budget bulletin bureau
cadre calcul calendrier camp canal casier centre certificat champ chantier chemin chèque choix climat code collège comité
commerce communiqué complément compte concours conflit congé conseil contrat contrôle cours courrier coût crédit critère
débit décès décret dédommagement défi délai dépannage déplacement dépôt détail développement diagnostic diplôme dispositif
district document domaine domicile dommage don dossier droit échange effet élevage emploi emprunt encadrement engagement
enregistrement enseignement entretien envoi équipement espace établissement état examen exercice financement fonds
formulaire forum foyer frais garage gaz geste glossaire groupe guichet guide habitat handicap havre hébergement horaire
hôpital impôt incident indice institut intérêt inventaire investissement jardin jour journal jugement jumelage
laboratoire lait lieu livre local logement loisir loyer lycée mandat manuel marché mariage matériau message milieu
ministère mode montant motif moyen musée niveau nom notaire numéro objectif office ordre organisme outil ouvrage
paiement parc parcours partage partenariat passeport paysage péage permis personnel plafond plan portrait poste préavis
prélèvement prêt principe prix procès produit programme projet propriétaire protocole quai quartier questionnaire quota
rabais rapport recensement recours recueil reçu refuge régime registre règlement remboursement renouvellement
renseignement réseau ressort revenu risque rivage rôle roulement ruisseau salaire savoir secteur secours séjour service
seuil siège signalement site soin solde soutien stage statut suivi support syndicat système tableau tarif taux
témoignage territoire test texte titre traitement trajet transport travail tribunal trimestre troupeau tutorat usage
usager vaccin véhicule versement vignoble village voisinage volet vote voyage zonage
""".split()

FEMININE_NOUNS = """
absence acceptation activité adaptation adhésion administration adoption adresse affaire agence agglomération aide
allocation amélioration amende analyse année annexe annonce annulation antenne application approche assemblée assistance
association assurance attente attestation audience autonomie autorisation avance balise banque barrière berge bibliothèque
biodiversité bourse brochure capacité carrière carte cause cellule certification chaîne chambre charge circonscription
circulation citoyenneté classe clientèle clinique clôture collecte collectivité commande commission commune communication
compensation compétence condition confiance conformité consigne consommation construction consultation contestation
contribution convention coopérative copie cotisation couverture créance culture date déclaration décision déduction
délégation demande démarche dénomination dépense dérogation description destination détermination directive discussion
disposition distance distribution division donnée durée eau échelle école économie écoute éducation efficacité élection
élève embauche énergie enfance enquête entente entrée entreprise enveloppe équipe équité espèce étape étiquette étude
évaluation exemption exigence exonération expérience expertise exploitation exposition facture faune ferme fiche filière
fin flore foire fonction forêt formation formule fourniture fréquence garantie garderie gestion grille habilitation
habitation halte hausse heure identification identité immatriculation immigration imposition incapacité indemnité
industrie infirmière information infraction initiative innovation inscription inspection installation institution
intervention interruption invalidité invitation journée justice langue lecture lettre liaison liberté licence ligne liste
livraison location loi main maison majoration mairie maladie mesure méthode mise mobilité modification municipalité
naissance nature négociation norme note notice obligation occasion offre option ordonnance organisation orientation
origine ouverture page parole part participation patrouille pêche pension pente période permanence personne perte pièce
piste place plainte planification police politique population pratique précision préparation prescription présence
prestation prévention preuve prime priorité procédure production profession prolongation promotion propriété protection
province publication qualité quantité question réadaptation réception recherche récolte recommandation reconnaissance
rédaction réduction référence réforme région règle régularisation relation remise rencontre rente réparation réponse
représentation résidence résiliation ressource restauration restriction retenue retraite réunion révision rivière route
rubrique saison salle santé sanction séance section sécurité sélection semaine séparation session signature situation
solution somme sortie source structure subvention succession suite surveillance table tâche taille taxe technologie
télévision terre tournée traduction transition transmission tranche trousse tutelle union unité université urgence
utilisation vaccination valeur validation validité veille vente vérification version victime vie ville visite voie zone
""".split()

ADJECTIVES = """
abordable accessible actif actuel additionnel administratif admissible adéquat agricole ambulatoire ancien annuel
antérieur applicable approprié artisanal assujetti attentif autonome bancaire bénéfique bénévole bilingue budgétaire
central certain citoyen clair climatique clinique collectif collégial commercial commun communautaire complet
complémentaire compétent comptable concret conjoint conjugal constant continu convivial correct coutumier criminel
culturel définitif demandé départemental dernier détaillé différent difficile direct disciplinaire disponible distinct
divers documentaire domestique double durable écologique économique éducatif effectif efficace égal élargi électoral
électronique élémentaire éligible essentiel étranger éventuel exact exceptionnel exclusif exigible exigé explicite
facultatif familial favorable fédéral ferroviaire fiable fiscal foncier fondamental forestier fréquent frontalier futur
général gouvernemental gradué gratuit grave habituel horaire hospitalier humain hydraulique identique immédiat important
imposable incomplet indépendant indirect individuel industriel inférieur informatique initial intégral intensif
interculturel interne international intéressé inuit judiciaire juridique juste légal lent libre limité linguistique
littoral local locatif logique lourd majeur manquant manuel maritime maternel matériel maximal médical mensuel mental
mineur minimal mixte mobile modeste moderne mondial multiple municipal musical narratif national naturel nautique
nécessaire neutre nocturne nordique normal notarial notoire numérique obligatoire officiel opérationnel optionnel
ordinaire organique original oral parental partagé partiel particulier patrimonial permanent personnel pertinent
ponctuel populaire portuaire possible postal postérieur potentiel pratique préalable précis préliminaire prénatal
présent prescrit prévu primaire principal prioritaire privé professionnel progressif provincial provisoire public
qualifié quotidien raisonnable rapide récent réciproque réel régional réglementaire régulier renouvelable requis
résidentiel responsable restreint routier rural saisonnier sanitaire scientifique scolaire secondaire semblable
sensible simple simultané social solidaire solide spécial spécifique stable statutaire stratégique substantiel
successif suffisant supérieur supplémentaire sûr symbolique syndical technique temporaire territorial total
touristique traditionnel transitoire transparent trimestriel unique universel universitaire urbain urgent usuel utile
valide variable vaste végétal verbal véritable vertical visible viticole vocal volontaire vulnérable
""".split()

VERBS = """
abaisser abandonner aborder accompagner accorder accumuler actualiser adapter additionner administrer adopter adresser
affecter afficher aider ajouter ajuster aménager améliorer analyser annexer annoncer annuler appliquer apporter approuver
appuyer archiver arrêter articuler aspirer assigner assister associer assumer assurer attester attirer attribuer augmenter
autoriser aviser baliser bonifier calculer cautionner certifier cesser changer charger chercher chiffrer circuler
clarifier classer codifier collaborer combiner commander commenter communiquer comparer compenser compléter compter
concentrer conclure_er conditionner confier configurer confirmer conjuguer consacrer conseiller conserver considérer
consigner consolider constater constituer consulter contacter contester contribuer contrôler convoquer coordonner corriger
cotiser couper créer cultiver débuter décider déclarer décliner décourager déléguer demander démontrer déplacer déposer
désigner dessiner détailler déterminer développer dialoguer diffuser diminuer discuter dispenser disposer distinguer
distribuer documenter donner durer échanger éclairer écouter écarter éditer éduquer éliminer embaucher encadrer encourager
engager enregistrer enseigner entamer entourer envisager épargner équiper estimer établer étudier évaluer éviter examiner
exclure_er exercer exiger exonérer expliquer exploiter exposer exprimer faciliter facturer favoriser fermer figurer
financer fixer fonder former formuler fréquenter gagner garder garantir_er habiliter harmoniser héberger identifier
illustrer imposer imprimer indiquer informer initier inscrire_er insister inspecter installer instaurer insérer intégrer
interroger inventer inviter isoler jumeler justifier laisser lancer libérer limiter livrer localiser louer majorer mandater
marquer mentionner mesurer mobiliser modifier montrer motiver négocier nommer noter notifier observer occuper officialiser
opter organiser orienter participer partager patienter payer_er percer pénaliser perfectionner placer planifier plafonner
poster préciser préparer présenter prescrire_er préserver prêter prévaloir_er privilégier proclamer procurer prolonger
promulguer proposer protéger publier qualifier questionner raccorder ramener_er rassembler rattraper réaliser réclamer
recommander réconcilier récupérer rédiger réformer refuser regarder regrouper rejoindre_er relever_er relier rembourser
remplacer rencontrer renforcer renoncer renseigner réparer reporter représenter réserver résider résumer respecter
rester retarder retirer retourner retrouver réviser sanctionner sauvegarder scolariser séjourner sélectionner signaler
signer simplifier solliciter souligner soumissionner stabiliser stationner stimuler stipuler suggérer superviser
supporter supprimer surveiller suspecter tarifer tester toucher traiter transférer transformer transporter travailler
trier trouver utiliser vacciner valider valoriser varier verser vérifier viser visiter vulgariser voter
""".split()

ADVERBS = """
annuellement automatiquement clairement collectivement complètement couramment davantage désormais directement efficacement
également entièrement exceptionnellement facilement fréquemment généralement graduellement gratuitement habituellement
immédiatement individuellement localement mensuellement normalement notamment obligatoirement officiellement parfois
partiellement personnellement précisément progressivement promptement rapidement rarement régulièrement sérieusement
simplement simultanément soigneusement souvent temporairement toujours uniquement volontairement
""".split()

PLACES = """
Montréal Québec Laval Gatineau Longueuil Sherbrooke Saguenay Lévis Trois-Rivières Terrebonne Saint-Jean-sur-Richelieu
Brossard Repentigny Drummondville Saint-Jérôme Granby Blainville Mirabel Saint-Hyacinthe Shawinigan Rimouski Châteauguay
Victoriaville Saint-Eustache Rouyn-Noranda Salaberry-de-Valleyfield Sorel-Tracy Mascouche Val-d’Or Alma Sept-Îles
Thetford-Mines Baie-Comeau Saint-Georges Rivière-du-Loup Gaspé Matane Amos Joliette Magog Chibougamau Kuujjuaq
Cowansville Montmagny La-Tuque Roberval Dolbeau-Mistassini Nicolet Bécancour Carleton-sur-Mer Mont-Laurier Louiseville
""".split()

OPENINGS = [
    "", "", "", "", "", "Dans certains cas,", "En règle générale,", "Depuis l’an dernier,", "À la demande des citoyens,",
    "Avant toute chose,", "Pour cette raison,", "Chaque année,", "Au besoin,", "D’ici la fin de l’exercice,", "À cet égard,",
    "Lorsqu’un délai s’applique,", "S’il y a lieu,", "Conformément à la loi,", "En cas de doute,", "Aujourd’hui,",
]

CLOSINGS = [
    "", "", "", "", "d’ici trente jours", "au plus tard le 31 mars", "auprès de l’organisme responsable", "sans frais",
    "dans les meilleurs délais", "jusqu’à la fin de l’année", "selon l’avis reçu", "s’il y a eu un changement",
    "lorsque c’est possible", "à l’aide du formulaire prévu", "par la poste ou en ligne", "avec l’accord de la personne visée",
    "sauf indication contraire", "au cours des douze derniers mois", "en présence d’un témoin", "qu’il s’agisse ou non d’une "
    "première demande",
]

VOWELS = tuple("aeiouyàâéèêëîïôûùœ")
# Words in which the h is aspirated: no elision before them.
ASPIRATED = ("handicap", "hausse", "halte", "havre")


def elides(word: str) -> bool:
    """Say whether an article or « de » loses its vowel before this word."""
    return word.startswith(VOWELS) or (word.startswith("h") and word not in ASPIRATED)


def plural(word: str) -> str:
    """Return the regular plural of a noun or masculine adjective."""
    if word.endswith(("s", "x", "z")):
        return word
    if word in ("bail", "travail", "vitrail"):
        return word[:-2] + "ux"
    if word.endswith("al") and word not in ("final", "régal"):
        return word[:-1] + "ux"
    if word.endswith(("eau", "eu")):
        return word + "x"
    return word + "s"


def feminine(adjective: str) -> str:
    """Return the feminine of an adjective given in the masculine singular."""
    irregular = {"public": "publique", "complet": "complète", "incomplet": "incomplète", "concret": "concrète",
                 "favori": "favorite", "inuit": "inuite"}
    if adjective in irregular:
        return irregular[adjective]
    endings = (("f", "ve"), ("el", "elle"), ("ien", "ienne"), ("er", "ère"), ("et", "ète"), ("eux", "euse"))
    for ending, replacement in endings:
        if adjective.endswith(ending):
            return adjective[: -len(ending)] + replacement
    return adjective if adjective.endswith("e") else adjective + "e"


class Verb:
    """A verb of the first group and the forms that the sentences use."""

    def __init__(self, infinitive: str):
        stem = infinitive[:-2]
        self.infinitive = infinitive
        self.present = self._open(stem) + "e"
        self.presents = self._open(stem) + "ent"
        self.future = infinitive + "a"
        self.futures = infinitive + "ont"
        self.order = stem + "ez"
        self.participle = stem + "é"
        self.gerund = {"g": stem + "e", "c": stem[:-1] + "ç"}.get(stem[-1], stem) + "ant"

    @staticmethod
    def _open(stem: str) -> str:
        """Open the last « é » of a stem before a silent ending: protég- gives protèg-."""
        if stem.endswith("uy"):
            return stem[:-1] + "i"
        for length in (2, 3):
            if len(stem) > length and stem[-length] == "é" and not any(c in VOWELS for c in stem[-length + 1:].replace("u", "")):
                return stem[:-length] + "è" + stem[-length + 1:]
        return stem


def verbs() -> list[Verb]:
    """Return the verbs of the list that follow the regular conjugation."""
    return [Verb(word) for word in VERBS if not word.endswith("_er") and word not in ("établer", "jumeler")]
