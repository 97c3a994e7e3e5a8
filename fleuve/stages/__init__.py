"""Site stages: functions of page records, one file each.

``Stage`` is the base class; ``STAGES`` holds one instance of every stage, in the order in which the engine runs them. To add
a stage, write its file beside these and add it here.
"""

from fleuve.stages.accessibility import Accessibility
from fleuve.stages.alphabet import Alphabet
from fleuve.stages.api import Api
from fleuve.stages.calendar import Calendar
from fleuve.stages.cards import Cards
from fleuve.stages.design_system import DesignSystem
from fleuve.stages.directory import Directory
from fleuve.stages.feed_page import FeedPage
from fleuve.stages.feeds import Feeds
from fleuve.stages.headers import Headers
from fleuve.stages.links import Links
from fleuve.stages.newsroom import Newsroom
from fleuve.stages.newsroom_filter import NewsroomFilter
from fleuve.stages.not_found import NotFound
from fleuve.stages.offline import Offline
from fleuve.stages.plugin_files import PluginFiles
from fleuve.stages.printed_guide import PrintedGuide
from fleuve.stages.redirects import Redirects
from fleuve.stages.reuse import Reuse
from fleuve.stages.robots import Robots
from fleuve.stages.search import Search
from fleuve.stages.search_advice import SearchAdvice
from fleuve.stages.search_page import SearchPage
from fleuve.stages.site_map import SiteMap
from fleuve.stages.sitemap import Sitemap
from fleuve.stages.stage import OutputFile, Stage
from fleuve.stages.twin_instants import TwinInstants
from fleuve.stages.updates import Updates

STAGES: list[Stage] = [
    Alphabet("services-az", "services", "service", "site/az-services.html"),
    Alphabet("organismes-az", "organismes", "organisme", "site/organismes.html"),
    Directory("publics", "audiences"),
    Directory("regions", "regions"),
    Updates(),
    Newsroom(),
    SiteMap(),
    Accessibility(),
    PrintedGuide(),
    NotFound(),
    SearchPage(),
    DesignSystem(),
    Offline(),
    Sitemap(),
    Robots(),
    Redirects(),
    Headers(),
    Api(),
    NewsroomFilter(),
    Feeds(),
    FeedPage(),
    Cards(),
    Reuse(),
    SearchAdvice(),
    Links(),
    Calendar(),
    TwinInstants(),
    PluginFiles(),
    Search(),
]
"""Every stage of the site, in running order."""

__all__ = ["STAGES", "OutputFile", "Stage"]
