using System.Net;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace VirtualServers.Domain.Tests.Properties;

/// <summary>An address as its bytes: IPv4 or IPv6, with many zeros, where spellings differ most.</summary>
public sealed record Bytes(byte[] Address)
{
    public bool IsV6 => Address.Length == 16;

    public IPAddress Parsed => new(Address);

    /// <summary>Spelled in the longest way there is.</summary>
    public override string ToString() =>
        IsV6 ? string.Join(':', Address.Chunk(2).Select(group => $"{group[0]:X2}{group[1]:X2}")) : string.Join('.', Address);

    /// <summary>Only the first bits.</summary>
    public Bytes First(int length) =>
        new([.. Address.Select((part, index) => (byte)(part & (0xFF00 >> Math.Clamp(length - (8 * index), 0, 8))))]);
}

[Properties(Arbitrary = [typeof(ValueProperties)], MaxTest = 500)]
public class ValueProperties
{
    [Property]
    public void An_address_has_one_spelling_and_means_what_it_meant(Bytes bytes)
    {
        var canonical = Network.Address(bytes.ToString(), out _);
        Assert.Equal(bytes.Parsed, IPAddress.Parse(canonical!));
        Assert.Equal(canonical, Network.Address(canonical!, out _));
        Assert.Equal(canonical, Network.Address(bytes.ToString().ToLowerInvariant(), out _));
        Assert.DoesNotContain(canonical!, char.IsAsciiLetterUpper);
    }

    [Property]
    public void A_prefix_is_its_first_bits_and_is_told_when_there_are_more(Bytes bytes, byte any)
    {
        var length = any % (bytes.IsV6 ? 129 : 33);
        var network = $"{Network.Address(bytes.First(length).ToString(), out _)}/{length}";

        Assert.Equal(network, Network.Prefix($"{bytes.First(length)}/{length}", out _));
        Assert.Equal(network, Network.Prefix(network, out _));
        if (bytes.First(length).ToString() == bytes.ToString()) return;
        Assert.Null(Network.Prefix($"{bytes}/{length}", out var wrong));
        Assert.EndsWith($" {network}", wrong, StringComparison.Ordinal);
    }

    [Property]
    public void Whatever_is_read_as_an_address_or_a_prefix_is_read_again_as_the_same(string text)
    {
        if (text is null) return;
        if (Network.Address(text, out _) is { } address) Assert.Equal(address, Network.Address(address, out _));
        if (Network.Prefix(text, out _) is { } prefix) Assert.Equal(prefix, Network.Prefix(prefix, out _));
    }

    [Property]
    public void Order_and_repetition_mean_nothing_in_a_set(int[] items)
    {
        ValueSet<int> one = [.. items], other = [.. items.Reverse(), .. items];
        Assert.Equal((one, one.GetHashCode()), (other, other.GetHashCode()));
        Assert.Equal(items.Distinct().Order(), one);
    }

    [Property]
    public void Sets_that_hold_different_things_are_different(int[] items, int another)
    {
        ValueSet<int> one = [.. items], more = [.. items, another];
        Assert.Equal(items.Contains(another), one.Equals(more));
    }

    [Property]
    public void Order_means_nothing_in_labels(NonNull<string>[] keys)
    {
        var pairs = keys.Select(key => key.Get).Distinct().Select((key, index) => KeyValuePair.Create(key, $"{index}")).ToList();
        Labels one = new(pairs), other = new(pairs.AsEnumerable().Reverse());
        Assert.Equal((one, one.GetHashCode()), (other, other.GetHashCode()));
        Assert.NotEqual(one, new(pairs.Append(new("another key of its own", ""))));
    }

    [Property]
    public void A_change_is_there_when_values_differ_and_leads_to_the_new_one(int was, int now)
    {
        Assert.Equal(was == now ? null : new Change<int>(was, now), Change<int>.Between(was, now));
        Assert.Equal(now, Change<int>.Between(was, now).Or(was));
    }

    public static Arbitrary<Bytes> Addresses() => Arb.From(
        from length in Gen.Elements(4, 16)
        from bytes in Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Choose(0, 255))).ArrayOf(length)
        select new Bytes([.. bytes.Select(part => (byte)part)]));
}
