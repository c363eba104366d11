<?xml version="1.0"?>
<!--
  Makes ocf:havc:LibvirtQemu of virtual machines in a cluster's configuration: of ocf:heartbeat:VirtualDomain, alone or in a group with
  MailTo, and of HAVC-II's ocf:custom:LibvirtQemu. It reads and writes text; how a cluster takes that without stopping a machine, is told
  in CONVERTING.md.

  names    VMs, or their groups, separated by blanks; empty: all

  A machine keeps its id, parameters, operations, utilization and meta attributes. It takes over, of its group with MailTo, the place, the
  attributes that it does not have itself, and what constraints, tags and permissions say of it; of MailTo, email and subject.
  What it does is told on stderr, a line for each resource:
  "ID becomes ...", "ID goes ...", or "ID stays as it is: ...". A name that nobody has is an error.
-->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:str="http://exslt.org/strings"
                exclude-result-prefixes="str">
<xsl:output encoding="UTF-8" indent="yes" omit-xml-declaration="yes"/>
<xsl:strip-space elements="*"/>
<xsl:param name="names"/>

<xsl:variable name="wanted" select="str:tokenize($names)"/>
<xsl:variable name="machines" select="/cib/configuration/resources//primitive[@class='ocf']
    [@provider='heartbeat' and @type='VirtualDomain' or @provider='custom' and @type='LibvirtQemu']
    [not($wanted) or @id = $wanted or parent::group/@id = $wanted]"/>

<!-- MailTo, by the id of its group; and what names a resource, by the resource's id. -->
<xsl:key name="mailers" use="../@id" match="group/primitive[@class='ocf'][@provider='heartbeat'][@type='MailTo']"/>
<xsl:key name="named" use="." match="constraints//@rsc | constraints//@with-rsc | constraints//@first | constraints//@then
    | resource_ref/@id | obj_ref/@id | acl_permission/@reference"/>

<!-- Machines that are left as they are, by the reason. -->
<xsl:variable name="cloned" select="$machines[not(parent::resources or parent::group/parent::resources)]"/>
<xsl:variable name="accompanied" select="$machines[parent::group][count(../primitive) != 1 + count(key('mailers', ../@id))]"/>
<xsl:variable name="entangled" select="$machines[key('named', key('mailers', ../@id)/@id)]"/>
<xsl:variable name="ruled" select="$machines[key('mailers', ../@id)][../*[rule or @id-ref]]"/>
<xsl:variable name="foreign" select="$machines[instance_attributes/nvpair[@name='hypervisor'][not(starts-with(@value, 'qemu'))]]"/>
<xsl:variable name="indirect" select="$machines[not(instance_attributes[1]/nvpair[@name='config'])]"/>

<xsl:variable name="kept" select="$cloned | $accompanied | $entangled | $ruled | $foreign | $indirect"/>
<xsl:variable name="converted" select="$machines[count(. | $kept) != count($kept)]"/>
<xsl:variable name="dissolved" select="$converted/parent::group[key('mailers', @id)]"/>

<xsl:template match="/">
  <xsl:for-each select="$wanted[not(. = $machines/@id or . = $machines/parent::group/@id)]">
    <xsl:message terminate="yes">no machine of VirtualDomain or HAVC-II is called <xsl:value-of select="."/></xsl:message>
  </xsl:for-each>
  <xsl:apply-templates/>
</xsl:template>

<xsl:template match="@* | node()">
  <xsl:copy><xsl:apply-templates select="@* | node()"/></xsl:copy>
</xsl:template>

<!-- A change that does not count the epoch up is refused. -->
<xsl:template match="cib/@epoch">
  <xsl:attribute name="epoch"><xsl:value-of select=". + 1"/></xsl:attribute>
</xsl:template>

<xsl:template match="constraints//@rsc | constraints//@with-rsc | constraints//@first | constraints//@then
    | resource_ref/@id | obj_ref/@id | acl_permission/@reference">
  <xsl:variable name="machine" select="$dissolved[@id = current()]/primitive[count(. | $converted) = count($converted)]"/>
  <xsl:attribute name="{name()}"><xsl:value-of select="$machine/@id | current()[not($machine)]"/></xsl:attribute>
</xsl:template>

<xsl:template match="group">
  <xsl:choose>
    <xsl:when test="count(. | $dissolved) = count($dissolved)">
      <xsl:apply-templates select="primitive[count(. | $converted) = count($converted)]"/>
    </xsl:when>
    <xsl:otherwise><xsl:copy><xsl:apply-templates select="@* | node()"/></xsl:copy></xsl:otherwise>
  </xsl:choose>
</xsl:template>

<xsl:template match="primitive">
  <xsl:choose>
    <xsl:when test="count(. | $converted) = count($converted)"><xsl:call-template name="machine"/></xsl:when>
    <xsl:otherwise>
      <xsl:if test="count(. | $kept) = count($kept)"><xsl:call-template name="tell"/></xsl:if>
      <xsl:copy-of select="."/>
    </xsl:otherwise>
  </xsl:choose>
</xsl:template>

<xsl:template name="tell">
  <xsl:message>
    <xsl:value-of select="concat(@id, ' stays as it is: ')"/>
    <xsl:choose>
      <xsl:when test="count(. | $cloned) = count($cloned)">it is cloned</xsl:when>
      <xsl:when test="count(. | $accompanied) = count($accompanied)">its group has members beside it and MailTo</xsl:when>
      <xsl:when test="count(. | $entangled) = count($entangled)">its MailTo is named in a constraint, a tag or a permission</xsl:when>
      <xsl:when test="count(. | $ruled) = count($ruled)">its group has attributes with rules or by reference</xsl:when>
      <xsl:when test="count(. | $foreign) = count($foreign)">its hypervisor is not QEMU</xsl:when>
      <xsl:otherwise>its parameter config does not stand in its own first instance_attributes</xsl:otherwise>
    </xsl:choose>
  </xsl:message>
</xsl:template>

<xsl:template name="machine">
  <xsl:variable name="group" select="parent::group[count(. | $dissolved) = count($dissolved)]"/>
  <xsl:variable name="mailers" select="key('mailers', $group/@id)"/>
  <xsl:message><xsl:value-of select="concat(@id, ' becomes ocf:havc:LibvirtQemu; it was ocf:', @provider, ':', @type)"/></xsl:message>
  <xsl:for-each select="$mailers">
    <xsl:message><xsl:value-of select="concat(@id, ' goes, and group ', $group/@id, ' with it')"/></xsl:message>
  </xsl:for-each>
  <xsl:copy>
    <xsl:copy-of select="@*"/>
    <xsl:attribute name="provider">havc</xsl:attribute>
    <xsl:attribute name="type">LibvirtQemu</xsl:attribute>
    <xsl:for-each select="node()">
      <xsl:copy>
        <xsl:copy-of select="@* | node()"/>
        <xsl:if test="self::instance_attributes[not(preceding-sibling::instance_attributes)]">
          <xsl:copy-of select="$group/instance_attributes/nvpair[not(@name = current()/nvpair/@name)]"/>
          <xsl:call-template name="mail"><xsl:with-param name="parameters" select="$mailers/instance_attributes/nvpair"/></xsl:call-template>
        </xsl:if>
        <xsl:if test="self::meta_attributes[not(preceding-sibling::meta_attributes)]">
          <xsl:copy-of select="$group/meta_attributes/nvpair[not(@name = current()/../meta_attributes/nvpair/@name)]"/>
        </xsl:if>
      </xsl:copy>
    </xsl:for-each>
    <xsl:copy-of select="$group/meta_attributes[not(current()/meta_attributes)]"/>
  </xsl:copy>
</xsl:template>

<!-- The ids are MailTo's, which goes. -->
<xsl:template name="mail">
  <xsl:param name="parameters"/>
  <xsl:for-each select="$parameters[@name='email'][1]">
    <nvpair id="{@id}" name="email">
      <xsl:attribute name="value">
        <xsl:for-each select="$parameters[@name='email']">
          <xsl:if test="position() > 1">,</xsl:if>
          <xsl:value-of select="@value"/>
        </xsl:for-each>
      </xsl:attribute>
    </nvpair>
  </xsl:for-each>
  <xsl:for-each select="$parameters[@name='subject'][1]"><nvpair id="{@id}" name="email_subject" value="{@value}"/></xsl:for-each>
</xsl:template>
</xsl:stylesheet>
