namespace Distiller.Opsdesk;

/// <summary>
/// The words of the little language. They are few and fixed, so that a small vocabulary has a token for each and every
/// word is the same token wherever it stands.
/// </summary>
internal static class Words
{
    /// <summary>Names of assets, hosts, queues, keys, accounts, people, links and companies are two of these.</summary>
    public static readonly string[] Names = Split(
        """
        amber anchor apple arrow aspen badger bamboo basil beaver birch bison bronze cactus canyon cedar cherry cliff
        clover cobalt comet copper coral crane crater cricket crystal delta desert dingo dolphin dune eagle ember falcon
        fern finch fjord flint forest fox frost garnet gecko ginger glacier granite gull harbor hawk hazel heron hill
        holly horizon indigo iris island ivory ivy jade jasmine jasper juniper koala lagoon lake laurel lemon lily lion
        lotus lunar lynx magma mango maple marble meadow mesa meteor mint moose moss nectar nova oak oasis ocean olive
        onyx opal orbit orchid otter owl panda pebble pepper pine planet plum poppy prairie quartz quail rabbit raven
        reef ridge river robin ruby sage salmon sand sequoia shark sierra silver sky slate sparrow spruce stone sunset
        swan thistle tiger topaz tulip tundra turtle valley violet walnut willow wolf wren zebra zinc
        """
    );

    public static readonly string[] Services = Split(
        """
        payments mail checkout search billing login reports orders cart chat files maps music news photos points polls
        quotes ratings refunds returns rooms routes sales seats shares shops stock stories streams surveys tasks taxes
        tests threads tickets tours trades travel trips users vault video votes wallet weather wiki archive audit backup
        calendar catalog clients contracts courses coupons
        """
    );

    public static readonly string[] Teams = Split(
        """
        accounting legal hiring warehouse marketing research design support training shipping purchasing security
        laboratory reception quality branch factory fleet kitchen library
        """
    );

    public static readonly string[] Topics = Split(
        """
        invoices exports imports letters payouts parcels receipts reminders renewals scans shipments statements uploads
        vouchers webhooks claims digests labels quotas alarms
        """
    );

    private static string[] Split(string words) =>
        words.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
}
