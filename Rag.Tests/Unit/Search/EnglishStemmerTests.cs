using Npgsql;
using Rag.Core.Search.Keyword;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Search;

[Collection(PostgresFixture.Collection)]
public sealed class EnglishStemmerTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    private static readonly string[] Roots =
        ("abbreviat accept act adapt agree allow analog argu bar be beauti bias boil bus by calcul cat ceas chang class commun consist cosm cr cry dat decid die differ digit dy eas effect "
        + "embed ey fall feed fit fl fly gen gener hab happ hop index inn knack let lib lov mak mod nat new not occur oper organ out pass plan play poss prec proc produc rat refer relat res run "
        + "say sens sk sing sit spe stat stud succ syllab sy tan toy tr tri univers use val vil volt wor yell you").Split(' ');

    private static readonly string[] Endings =
        ("e s es ed er ers ing ings ingly edly eed eedly ly y ies ied ier iness iful ful fulness fulli less lessness ous ously ousness ive iveness ivity ization izer ize izing "
        + "ational ation ations ator ator alism ality al ally able ably ability ance ancy ence ency ent ently ement ment ant ism ist ic ical icate iciti ion ions ogy ogist ll lli 's ' us ss sses"
        + " bb bbed tt tting nn nned eyed ay ying yed").Split(' ');

    [Theory]
    [InlineData("consignment", "consign")]
    [InlineData("consolatory", "consolatori")]
    [InlineData("knightly", "knight")]
    [InlineData("generously", "generous")]
    [InlineData("skies", "sky")]
    [InlineData("dying", "die")]
    [InlineData("news", "news")]
    [InlineData("succeed", "succeed")]
    [InlineData("hopping", "hop")]
    [InlineData("hoping", "hope")]
    [InlineData("relational", "relat")]
    [InlineData("added", "add")]
    [InlineData("by", "by")]
    public void Stems_as_published(string word, string stem) => Assert.Equal(stem, Stem(word));

    /// <summary>PostgreSQL carries the original Snowball code: what it says is the rule. The vocabulary leaves out the one rule in which 15 and 18 differ.</summary>
    [Fact]
    public async Task Agrees_with_PostgreSQLs_Snowball_on_a_made_up_vocabulary()
    {
        var words = Roots.SelectMany(root => Endings.Select(ending => root + ending)).Concat(Roots).Distinct(StringComparer.Ordinal).ToArray();
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand("create text search dictionary english_all (template = snowball, language = english)", connection);
        await create.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand("select word, (ts_lexize('english_all', word))[1] from unnest($1) as word", connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = words });
        await using var reader = await command.ExecuteReaderAsync();
        var (compared, different) = (0, new List<string>());
        while (await reader.ReadAsync())
        {
            compared++;
            var ours = Stem(reader.GetString(0));
            if (ours != reader.GetString(1)) different.Add($"{reader.GetString(0)}: {ours}, not {reader.GetString(1)}");
        }

        Assert.True(compared > 5000);
        Assert.Empty(different);
    }

    private static string Stem(string word)
    {
        var buffer = new char[word.Length + 2];
        word.CopyTo(0, buffer, 0, word.Length);
        return new string(buffer, 0, EnglishStemmer.Stem(buffer, word.Length));
    }
}
