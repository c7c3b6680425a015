<?xml version="1.0" encoding="UTF-8"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:oai="http://www.openarchives.org/OAI/2.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
    exclude-result-prefixes="oai dc">
  <xsl:output method="html" encoding="UTF-8" doctype-system="about:legacy-compat"/>
  <xsl:variable name="base" select="string(/oai:OAI-PMH/oai:request)"/>

  <xsl:template match="/oai:OAI-PMH">
    <html lang="en">
      <head>
        <title>OAI-PMH: <xsl:value-of select="oai:request/@verb"/></title>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <style>
          body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; color: #1b1f24 }
          nav a { margin-right: 1rem } a { color: #0b57a4 }
          table { border-collapse: collapse; width: 100%; margin: 1rem 0 }
          th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #d8dde3;
                   overflow-wrap: anywhere }
          th { width: 12rem; font-weight: 600 } .error { border-left: .3rem solid #b3261e; padding-left: 1rem }
        </style>
      </head>
      <body>
        <nav aria-label="Verbs">
          <a href="{$base}?verb=Identify">Identify</a>
          <a href="{$base}?verb=ListMetadataFormats">Formats</a>
          <a href="{$base}?verb=ListSets">Sets</a>
          <a href="{$base}?verb=ListIdentifiers&amp;metadataPrefix=oai_dc">Identifiers</a>
          <a href="{$base}?verb=ListRecords&amp;metadataPrefix=oai_dc">Records</a>
        </nav>
        <h1><xsl:value-of select="oai:request/@verb"/><xsl:if test="not(oai:request/@verb)">OAI-PMH</xsl:if></h1>
        <p>Answered <xsl:value-of select="oai:responseDate"/>. This page is made of the XML that harvesters read.</p>
        <xsl:apply-templates select="oai:error | oai:*[not(self::oai:responseDate or self::oai:request)]"/>
      </body>
    </html>
  </xsl:template>

  <xsl:template match="oai:error">
    <p class="error" role="alert"><strong><xsl:value-of select="@code"/></strong>: <xsl:value-of select="."/></p>
  </xsl:template>

  <xsl:template match="oai:Identify | oai:set | oai:metadataFormat">
    <table>
      <xsl:for-each select="oai:*[not(self::oai:description)]">
        <tr>
          <th scope="row"><xsl:value-of select="local-name()"/></th>
          <td>
            <xsl:choose>
              <xsl:when test="self::oai:setSpec">
                <a href="{$base}?verb=ListRecords&amp;metadataPrefix=oai_dc&amp;set={.}"><xsl:value-of select="."/></a>
              </xsl:when>
              <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
            </xsl:choose>
          </td>
        </tr>
      </xsl:for-each>
    </table>
  </xsl:template>

  <xsl:template match="oai:record | oai:ListIdentifiers/oai:header">
    <xsl:variable name="header" select="self::oai:header | oai:header"/>
    <table>
      <tr>
        <th scope="row">identifier</th>
        <td>
          <a href="{$base}?verb=GetRecord&amp;metadataPrefix=oai_dc&amp;identifier={$header/oai:identifier}">
            <xsl:value-of select="$header/oai:identifier"/>
          </a>
          <xsl:if test="$header/@status"> (<xsl:value-of select="$header/@status"/>)</xsl:if>
        </td>
      </tr>
      <tr><th scope="row">datestamp</th><td><xsl:value-of select="$header/oai:datestamp"/></td></tr>
      <xsl:for-each select="$header/oai:setSpec">
        <tr><th scope="row">setSpec</th><td><xsl:value-of select="."/></td></tr>
      </xsl:for-each>
      <xsl:for-each select="oai:metadata//dc:*">
        <tr><th scope="row"><xsl:value-of select="local-name()"/></th><td><xsl:value-of select="."/></td></tr>
      </xsl:for-each>
    </table>
  </xsl:template>

  <xsl:template match="oai:resumptionToken">
    <xsl:if test="string(.)">
      <p><a href="{$base}?verb={/oai:OAI-PMH/oai:request/@verb}&amp;resumptionToken={.}">Next page</a>
        of <xsl:value-of select="@completeListSize"/></p>
    </xsl:if>
  </xsl:template>
</xsl:stylesheet>
