using Microsoft.Extensions.Configuration;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>A mistake in the settings of HTTP fails the start with one sentence that names the setting and the remedy.</summary>
public sealed class HttpSettingsTests
{
    [Theory]
    [InlineData("Http:Url=127.0.0.1:5211", "Http:Url \"127.0.0.1:5211\" is not an address to listen on: write it like http://")]
    [InlineData("Http:Url=https://127.0.0.1:5211", "Http:Url is for a service without TLS, because with TLS the addresses of Urls serve")]
    [InlineData("Http:Url=http://127.0.0.1:5210", "Http:Url \"http://127.0.0.1:5210\" is an address of Urls, which serves HTTP/2: ")]
    [InlineData("Http:Urls=http://127.0.0.1:5211", "Http:Urls is not a setting: write Http:Url")]
    [InlineData("Http:Origins=https://ui.example", "Http:Origins \"https://ui.example\" is no list: write Http:Origins:0=")]
    [InlineData("Http:Origins:0=*", "Http:Origins:0 \"*\" is not an origin: write scheme, host and port, like https://ui.example.org")]
    [InlineData("Http:Origins:0=https://ui.example/", "Http:Origins:0 \"https://ui.example/\" is not an origin: ")]
    [InlineData("Http:Origins:0=ftp://ui.example", "Http:Origins:0 \"ftp://ui.example\" is not an origin: ")]
    [InlineData("Http:Origins:0=", "Http:Origins:0 \"\" is not an origin: ")]
    public void A_mistake_is_named(string setting, string sentence)
    {
        var (name, value) = (setting.Split('=')[0], setting.Split('=')[1]);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Urls"] = "http://127.0.0.1:5210", [name] = value,
        }).Build();
        Assert.Contains(Settings.Mistakes(configuration), mistake => mistake.StartsWith(sentence, StringComparison.Ordinal));
    }

    // HTTP/2 by ALPN, and HTTP/1.1, at one address with TLS.
    [Theory]
    [InlineData("--http1.1")]
    [InlineData("--http2")]
    public async Task With_TLS_one_address_serves_all(string version)
    {
        using var issuer = new TestIssuer();
        using var certificates = new TestCertificates();
        await using var service = await TestService.StartSecure(issuer, certificates);
        Assert.Equal(service.Address, service.HttpAddress);
        var answer = await Curl.Send(
            $"{service.Address}/v1/virtualServers", "GET", null,
            "--cacert", certificates.CaFile, "--header", $"authorization: Bearer {issuer.Token("reader", "reader")}", version);
        Assert.Equal(200, answer.Status);
    }
}
