using System.Net;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace VirtualServers.Domain.Tests.Properties;

/// <summary>The bytes of an IPv4 or IPv6 address, with many zeros, for which notations differ most.</summary>
public sealed record Bytes(byte[] Address)
{
    public bool IsV6 => Address.Length == 16;

    public IPAddress Parsed => new(Address);

    /// <summary>The longest notation.</summary>
    public override string ToString() =>
        IsV6 ? string.Join(':', Address.Chunk(2).Select(group => $"{group[0]:X2}{group[1]:X2}")) : string.Join('.', Address);

    /// <summary>The address with only its first bits.</summary>
    public Bytes First(int length) =>
        new([.. Address.Select((part, index) => (byte)(part & (0xFF00 >> Math.Clamp(length - (8 * index), 0, 8))))]);
}

[Properties(Arbitrary = [typeof(ValueProperties)], MaxTest = 500)]
public class ValueProperties
{
    [Property]
    public void An_address_has_one_canonical_form_with_the_same_meaning(Bytes bytes)
    {
        var canonical = Network.Address(bytes.ToString(), out _);
        Assert.Equal(bytes.Parsed, IPAddress.Parse(canonical!));
        Assert.Equal(canonical, Network.Address(canonical!, out _));
        Assert.Equal(canonical, Network.Address(bytes.ToString().ToLowerInvariant(), out _));
        Assert.DoesNotContain(canonical!, char.IsAsciiLetterUpper);
    }

    [Property]
    public void A_prefix_with_extra_bits_is_rejected_and_the_network_is_suggested(Bytes bytes, byte any)
    {
        var length = any % (bytes.IsV6 ? 129 : 33);
        var network = $"{Network.Address(bytes.First(length).ToString(), out _)}/{length}";

        Assert.Equal(network, Network.Prefix($"{bytes.First(length)}/{length}", out _));
        Assert.Equal(network, Network.Prefix(network, out _));
        if (bytes.First(length).ToString() == bytes.ToString()) return;
        Assert.Null(Network.Prefix($"{bytes}/{length}", out var error));
        Assert.EndsWith($" {network}", error, StringComparison.Ordinal);
    }

    [Property]
    public void Parsing_a_canonical_form_returns_it_unchanged(string text)
    {
        if (text is null) return;
        if (Network.Address(text, out _) is { } address) Assert.Equal(address, Network.Address(address, out _));
        if (Network.Prefix(text, out _) is { } prefix) Assert.Equal(prefix, Network.Prefix(prefix, out _));
    }

    [Property]
    public void A_set_ignores_order_and_repetition(int[] items)
    {
        ValueSet<int> one = [.. items], other = [.. items.Reverse(), .. items];
        Assert.Equal((one, one.GetHashCode()), (other, other.GetHashCode()));
        Assert.Equal(items.Distinct().Order(), one);
    }

    [Property]
    public void Sets_with_different_items_are_different(int[] items, int another)
    {
        ValueSet<int> one = [.. items], more = [.. items, another];
        Assert.Equal(items.Contains(another), one.Equals(more));
    }

    [Property]
    public void Labels_ignore_order(NonNull<string>[] keys)
    {
        var pairs = keys.Select(key => key.Get).Distinct().Select((key, index) => KeyValuePair.Create(key, $"{index}")).ToList();
        Labels one = new(pairs), other = new(pairs.AsEnumerable().Reverse());
        Assert.Equal((one, one.GetHashCode()), (other, other.GetHashCode()));
        Assert.NotEqual(one, new(pairs.Append(new("another key of its own", ""))));
    }

    [Property]
    public void A_change_exists_when_values_differ_and_applies_the_new_one(int was, int now)
    {
        Assert.Equal(was == now ? null : new Change<int>(was, now), Change<int>.Between(was, now));
        Assert.Equal(now, Change<int>.Between(was, now).Or(was));
    }

    public static Arbitrary<Bytes> Addresses() => Arb.From(
        from length in Gen.Elements(4, 16)
        from bytes in Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Choose(0, 255))).ArrayOf(length)
        select new Bytes([.. bytes.Select(part => (byte)part)]));
}
