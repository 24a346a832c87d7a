using VirtualServers.Domain.Inventory;
using static VirtualServers.Domain.Inventory.Command;
using static VirtualServers.Domain.Reason;
using static VirtualServers.Domain.Tests.Inventory.InventoryScenario;

namespace VirtualServers.Domain.Tests.Inventory;

public class Spelling
{
    [Theory]
    [InlineData("203.0.113.9", "203.0.113.9")]
    [InlineData(" 203.0.113.9 ", "203.0.113.9")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("255.255.255.255", "255.255.255.255")]
    [InlineData("2001:DB8::9", "2001:db8::9")]
    [InlineData("2001:0db8:0000:0000:0000:0000:0000:0009", "2001:db8::9")]
    [InlineData("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1")]
    [InlineData("2001:0:0:1:0:0:0:1", "2001:0:0:1::1")]
    [InlineData("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("0:0:0:0:0:0:0:0", "::")]
    [InlineData("0:0:0:0:0:0:0:1", "::1")]
    [InlineData("1:0:0:0:0:0:0:0", "1::")]
    [InlineData("fe80::1", "fe80::1")]
    // IPv4-mapped IPv6 is the IPv4 address (domain.md, section 2).
    [InlineData("::FFFF:c000:020a", "192.0.2.10")]
    [InlineData("::ffff:192.0.2.10", "192.0.2.10")]
    [InlineData("0:0:0:0:0:ffff:192.0.2.10", "192.0.2.10")]
    [InlineData("::ffff:0:0", "0.0.0.0")]
    // A whole address may carry its length (domain.md, section 2).
    [InlineData("10.0.0.1/32", "10.0.0.1")]
    [InlineData("2001:db8::9/128", "2001:db8::9")]
    [InlineData("::ffff:192.0.2.10/128", "192.0.2.10")]
    // RFC 5952: a dotted tail only behind a well-known prefix that embeds an IPv4 address (section 5).
    [InlineData("2001:db8::192.0.2.10", "2001:db8::c000:20a")]
    [InlineData("fe80::5efe:192.0.2.10", "fe80::5efe:c000:20a")]
    [InlineData("2001:db8::200:5efe:c000:20a", "2001:db8::200:5efe:c000:20a")]
    [InlineData("64:ff9b::c000:20a", "64:ff9b::192.0.2.10")]
    [InlineData("64:ff9b::1", "64:ff9b::1")]
    [InlineData("::ffff:0:c000:20a", "::ffff:0:192.0.2.10")]
    [InlineData("::192.0.2.10", "::192.0.2.10")]
    [InlineData("::fffe:c000:20a", "::fffe:c000:20a")]
    [InlineData("1:0:0:2:0:0:3:4", "1::2:0:0:3:4")]
    [InlineData("1:2:3:4:5:6:7:0", "1:2:3:4:5:6:7:0")]
    [InlineData("0:2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8")]
    [InlineData("0:0:3:4:5:6:7:8", "::3:4:5:6:7:8")]
    public void An_address_is_stored_in_canonical_form(string text, string canonical) =>
        Given().When(new Upsert(new(Kind.IpAddress, text, "test"))).Then(new Registered(new(Kind.IpAddress, canonical, "test")));

    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0/8")]
    [InlineData(" 10.0.0.0/8 ", "10.0.0.0/8")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("203.0.113.9/32", "203.0.113.9/32")]
    [InlineData("203.0.113.8/31", "203.0.113.8/31")]
    [InlineData("203.0.113.128/25", "203.0.113.128/25")]
    [InlineData("2001:DB8:0::/32", "2001:db8::/32")]
    [InlineData("2001:db8:8000::/33", "2001:db8:8000::/33")]
    [InlineData("::/0", "::/0")]
    [InlineData("0::1/128", "::1/128")]
    [InlineData("::ffff:10.0.0.0/104", "10.0.0.0/8")]
    [InlineData("::ffff:0:0/96", "0.0.0.0/0")]
    [InlineData("::ffff:192.0.2.10/128", "192.0.2.10/32")]
    [InlineData("64:ff9b::/96", "64:ff9b::/96")]
    [InlineData("64:ff9b::a00:0/104", "64:ff9b::10.0.0.0/104")]
    [InlineData("::/8", "::/8")]
    public void A_prefix_is_stored_in_canonical_form(string text, string canonical) =>
        Given().When(new Upsert(new(Kind.Prefix, text, "test"))).Then(new Registered(new(Kind.Prefix, canonical, "test")));

    [Theory]
    [InlineData("localhost")]
    [InlineData("1")]
    [InlineData("10.1")]
    [InlineData("10.0.1")]
    [InlineData("167772161")]
    [InlineData("010.0.0.1")]
    [InlineData("10.0.0.01")]
    [InlineData("0x0a.0.0.1")]
    [InlineData("10.0.0.256")]
    [InlineData("10.0.0.-1")]
    [InlineData("10.0.0.1.")]
    [InlineData("10.0.0.1.1")]
    [InlineData("10.0.0. 1")]
    [InlineData("10.0.0.1/31")]
    [InlineData("10.0.0.1/032")]
    [InlineData("10.0.0.1/")]
    [InlineData("10.0.0.1/128")]
    [InlineData("2001:db8::9/32")]
    [InlineData("::ffff:10.0.0.1/32")]
    [InlineData("::ffff:10.0.0.1/120")]
    [InlineData("10.0.0.1:80")]
    [InlineData("١٠.0.0.1")]
    [InlineData("[2001:db8::9]")]
    [InlineData("[2001:db8::9]:443")]
    [InlineData("2001:db8::9/64")]
    [InlineData("fe80::1%eth0")]
    [InlineData("fe80::1%1")]
    [InlineData("2001:db8::9::1")]
    [InlineData("2001:db8")]
    [InlineData(":::")]
    [InlineData(":")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4:5:6:7:8::")]
    [InlineData("2001:db8::g")]
    [InlineData("2001:db8::00009")]
    [InlineData("::ffff:010.0.0.1")]
    [InlineData("::ffff:10.0.0.256")]
    [InlineData("::ffff:10.0.1")]
    [InlineData("https://10.0.0.1")]
    public void Text_that_is_not_an_address_is_rejected_with_examples(string text) =>
        Given().When(new Upsert(new(Kind.IpAddress, text, "test"))).ThenRejected((FieldInvalid, "ip_address.address"))
            .Saying($"\"{text}\" is not an IP address", "192.0.2.10", "2001:db8::10");

    [Theory]
    [InlineData("10.0.0.0")]
    [InlineData("10.0.0.0/")]
    [InlineData("/8")]
    [InlineData("/")]
    [InlineData("10/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0.0/08")]
    [InlineData("10.0.0.0/ 8")]
    [InlineData("10.0.0.0 /8")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.0/٨")]
    [InlineData("10.0.0.0/eight")]
    [InlineData("10.0.0.0/255.0.0.0")]
    [InlineData("10.0.0.0/99999999999")]
    [InlineData("010.0.0.0/8")]
    [InlineData("2001:db8::")]
    [InlineData("2001:db8::/129")]
    [InlineData("2001:db8::%1/32")]
    [InlineData("[2001:db8::]/32")]
    public void Text_that_is_not_a_prefix_is_rejected_with_examples(string text) =>
        Given().When(new Upsert(new(Kind.Prefix, text, "test"))).ThenRejected((FieldInvalid, "prefix.prefix"))
            .Saying($"\"{text}\" is not a prefix", "192.0.2.0/24", "2001:db8::/32");

    [Theory]
    [InlineData("10.0.0.1/8", "10.0.0.0/8")]
    [InlineData("203.0.113.9/31", "203.0.113.8/31")]
    [InlineData("203.0.113.9/0", "0.0.0.0/0")]
    [InlineData("2001:db8::1/32", "2001:db8::/32")]
    [InlineData("2001:db8:ffff::/33", "2001:db8:8000::/33")]
    [InlineData("::ffff:10.0.0.1/104", "10.0.0.0/8")]
    [InlineData("::ffff:0:0/90", "::ffc0:0:0/90")]
    public void A_prefix_with_bits_beyond_its_length_is_rejected_and_the_network_is_suggested(string text, string holds) =>
        Given().When(new Upsert(new(Kind.Prefix, text, "test"))).ThenRejected((FieldInvalid, "prefix.prefix")).Saying(holds);
}
