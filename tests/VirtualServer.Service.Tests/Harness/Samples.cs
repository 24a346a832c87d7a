namespace VirtualServers.Service.Tests.Harness;

/// <summary>The samples in docs/samples. All of them make the same calls and say the same.</summary>
internal static class Samples
{
    public static string Folder => Path.Combine(Repository.Root, "docs", "samples");

    /// <summary>Copies the files of a sample, without what its tools have made.</summary>
    public static void Copy(string sample, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(Path.Combine(Folder, sample)))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
    }

    /// <summary>Runs a sample against a service without TLS, and against one with TLS and tokens.</summary>
    /// <param name="run">Runs it with an address, and with the file of a CA and a token, or with neither.</param>
    public static async Task CallTheService(Func<string, string[], Task<(int ExitCode, string Output, string Errors)>> run)
    {
        await using (var plain = await TestService.Start())
            Says(plain, await run(plain.Address, []));

        using var issuer = new TestIssuer();
        using var certificates = new TestCertificates();
        await using var secure = await TestService.StartSecure(issuer, certificates);
        Says(secure, await run(secure.Address, [certificates.CaFile, issuer.Token("sample", "admin")]));

        // A wrong token is a failure of the sample.
        var refused = await run(secure.Address, [certificates.CaFile, "wrong"]);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("the bearer token cannot be read", refused.Errors, StringComparison.Ordinal);
    }

    private static void Says(TestService service, (int ExitCode, string Output, string Errors) ended)
    {
        Assert.True(ended.ExitCode == 0, ended.Errors);
        var lines = ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim()).ToArray();
        var created = service.VirtualServers.ListVirtualServers(new()).VirtualServers.Single();
        Assert.Equal(
            [
                $"created {created.Name}", $"got {created.Name} version 1", $"listed {created.Name} port 443",
                "refused INVALID_ARGUMENT FIELD_INVALID", "field virtual_server.port FIELD_INVALID", "field virtual_server.name NAME_TAKEN",
            ],
            lines.Select(line => line.Replace("InvalidArgument", "INVALID_ARGUMENT", StringComparison.Ordinal)));
    }
}
