"""Names to addresses for a crawl: those that are not on the public Internet are not given, so that no connection is made to them.

Every connection of scrapy asks this resolver, also for an address written in figures, after a redirect, and each time anew when a name's answer
has changed: the addresses that it gives are those that the connection is made to.
"""

from __future__ import annotations

from scrapy.resolver import CachingHostnameResolver
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer

from migration.private_address import is_public

refused: set[str] = set()
"""Names that led to private addresses only, to say why nothing came."""


@implementer(IResolutionReceiver)
class _PublicOnly:
    """Passes on the public addresses."""

    def __init__(self, receiver: IResolutionReceiver, name: str) -> None:
        self.receiver, self.name, self.given = receiver, name, 0

    def resolutionBegan(self, resolution: object) -> None:
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: object) -> None:
        if is_public(address.host):
            self.given += 1
            self.receiver.addressResolved(address)
        else:
            refused.add(self.name)

    def resolutionComplete(self) -> None:
        if self.given:
            refused.discard(self.name)
        self.receiver.resolutionComplete()


@implementer(IHostnameResolver)
class PublicResolver(CachingHostnameResolver):
    """scrapy's resolver, behind the check."""

    def resolveHostName(self, resolutionReceiver, hostName, portNumber=0, addressTypes=None, transportSemantics="TCP"):
        return super().resolveHostName(_PublicOnly(resolutionReceiver, hostName), hostName, portNumber, addressTypes, transportSemantics)
